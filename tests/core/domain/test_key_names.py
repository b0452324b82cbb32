"""Names of API keys, told from keys."""

from __future__ import annotations

import pytest

from alwrity_desktop.core.domain.key_names import is_key_itself


@pytest.mark.parametrize(
    "name",
    ["", "Blog", "marketing-team-production-2026", "key 3f9a21",
     "a3bb189e-8bf9-3888-9912-ace4e6543002",
     "keyboard tests", "Donaudampfschifffahrtsgesellschaft", "sk-blog"],
)  # fmt: skip
def test_that_names_are_names(name: str) -> None:
    assert not is_key_itself(name)


@pytest.mark.parametrize(
    "key",
    ["sk-canary-0123456789-abcdef", "sk-ant-api03-canary_canary-canary", "AIzaSyCanary",
     "Bearer canary", "tvly-canarycanarycanary",
     "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b", " gsk_canarycanarycanary",
     "my key canary0canary0canary0"],
)  # fmt: skip
def test_that_keys_and_their_hashes_are_no_names(key: str) -> None:
    assert is_key_itself(key)
