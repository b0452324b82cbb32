"""The start of the gateway at login, chosen in the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from alwrity_desktop.core import autostart
from alwrity_desktop.core.domain.errors import WorldError
from alwrity_desktop.ui.jobs import ChangeSettings
from tests.ui.fakes import Collector, FakeContext


def test_that_the_choice_makes_and_removes_the_entry(
    context: FakeContext, collector: Collector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    entry = tmp_path / "config" / "autostart" / autostart.ENTRY
    ChangeSettings((("gateway_at_login", True),)).run(context.as_context(), collector.post)
    assert entry.exists()
    assert context.settings.gateway_at_login
    ChangeSettings((("theme", "dark"),)).run(context.as_context(), collector.post)
    assert entry.exists()
    ChangeSettings((("gateway_at_login", False),)).run(context.as_context(), collector.post)
    assert not entry.exists()


def test_that_a_start_that_cannot_be_kept_is_not_said_to_be(
    context: FakeContext, collector: Collector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "autostart").write_text("")
    with pytest.raises(WorldError):
        ChangeSettings((("gateway_at_login", True),)).run(context.as_context(), collector.post)
    assert not context.settings.gateway_at_login
