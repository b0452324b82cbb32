"""What programs are given, so that their calls pass the gateway."""

from __future__ import annotations

import pytest

from alwrity_desktop.core import tracking
from alwrity_desktop.core.gateway.addresses import AddressBook
from alwrity_desktop.core.gateway.dialects.registry import PROVIDERS
from alwrity_desktop.core.tracking import TRACKED, Tracked

GATEWAY = "http://127.0.0.1:4815"


def test_that_every_provider_of_the_gateway_is_explained() -> None:
    assert {each.provider for each in TRACKED} == set(PROVIDERS)


@pytest.mark.parametrize("tracked", TRACKED, ids=lambda each: each.provider)
def test_that_each_base_url_leads_to_its_provider(tracked: Tracked) -> None:
    for project in ("", "my site/2 & ü"):
        base = tracking.base_url(GATEWAY, tracked, project)
        address = AddressBook({}).find(base.removeprefix(GATEWAY) + "/anything")
        if "/" in project:
            # A slash in disguise never passes: the dialog keeps it out.
            assert address is None
            continue
        assert address is not None
        assert address.upstream.provider == tracked.provider
        for recipe in tracked.recipes:
            text = tracking.filled(recipe, base)
            assert base in text
            assert "{base}" not in text


def test_that_the_person_s_own_server_speaks_as_openai_does() -> None:
    own = tracking.tracked_of(("groq", "openai"))[-1]
    assert tracking.base_url(GATEWAY, own) == f"{GATEWAY}/groq/v1"
    assert len(tracking.tracked_of(("groq", "openai"))) == len(TRACKED) + 1


def test_that_a_variable_is_offered_only_where_sdks_read_one() -> None:
    lines = {each.provider: tracking.export_line(each, "X") for each in TRACKED}
    assert lines["anthropic"] == "export ANTHROPIC_BASE_URL=X"
    assert lines["tavily"] == ""
