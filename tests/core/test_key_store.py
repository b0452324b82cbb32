"""The system's key store: only kinds that encrypt, tried out, never waited for long."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from alwrity_desktop.core.domain.errors import SecretsUnavailableError
from alwrity_desktop.core.key_store import KeyStore, open_key_store, within


class Drawer:
    """A backend that behaves."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str, /) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str, /) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str, /) -> None:
        del self.kept[service, username]


class Nowhere(Drawer):
    """Takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str, /) -> None:
        """Do nothing."""

    def delete_password(self, service: str, username: str, /) -> None:
        """Do nothing."""


class Sealed(Drawer):
    """Refuses, and quotes the secret while it does."""

    def set_password(self, service: str, username: str, password: str, /) -> None:
        raise RuntimeError(f"cannot keep {password} for {username} of {service}")


class Silent(Drawer):
    """Answers when it is let go, like a store that waits for a person."""

    def __init__(self) -> None:
        super().__init__()
        self.is_free = threading.Event()
        self.asked = 0

    def get_password(self, service: str, username: str, /) -> str | None:
        self.asked += 1
        self.is_free.wait()
        return super().get_password(service, username)


def store_of(backend: Drawer) -> KeyStore:
    return KeyStore(backend, "the drawer", "alwrity-desktop", deadline_s=0.05)


def test_that_secrets_are_kept_replaced_and_removed() -> None:
    store = store_of(Drawer())
    store.check()
    store.set("work", "canary-1")
    store.set("work", "canary-2")
    assert store.get("work") == "canary-2"
    store.delete("work")
    store.delete("work")
    assert store.get("work") is None


def test_that_the_trial_leaves_nothing_behind() -> None:
    drawer = Drawer()
    store_of(drawer).check()
    assert drawer.kept == {}


@pytest.mark.parametrize("backend", [Nowhere, Sealed])
def test_that_a_store_that_does_not_keep_is_refused(backend: Callable[[], Drawer]) -> None:
    with pytest.raises(SecretsUnavailableError):
        store_of(backend()).check()


def test_that_a_refusal_quotes_nothing() -> None:
    with pytest.raises(SecretsUnavailableError) as caught:
        store_of(Sealed()).set("work", "canary-1")
    assert "canary" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_that_a_silent_store_is_asked_once_and_then_left_alone() -> None:
    silent = Silent()
    store = store_of(silent)
    try:
        for _ in range(5):
            with pytest.raises(SecretsUnavailableError, match="does not answer"):
                store.get("work")
        assert silent.asked == 1
    finally:
        silent.is_free.set()


def test_that_work_within_time_is_handed_back() -> None:
    assert within(lambda: 7, 5) == 7
    with pytest.raises(KeyError):
        within(lambda: os.environ["NO_SUCH_VARIABLE"], 5)


@pytest.mark.parametrize(
    "name",
    [
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
        "keyring.backends.chainer.ChainerBackend",
        "keyrings.alt.file.PlaintextKeyring",
        "os.system",
    ],
)
def test_that_other_kinds_are_refused_by_name(name: str) -> None:
    with pytest.raises(SecretsUnavailableError, match="not safe"):
        open_key_store("alwrity-desktop", {"PYTHON_KEYRING_BACKEND": name})


def test_that_a_system_without_a_store_says_so() -> None:
    with pytest.raises(SecretsUnavailableError):
        open_key_store("alwrity-desktop", {}, deadline_s=5)


def test_that_keyrings_own_settings_load_no_code(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "evil_canary.py").write_text("raise SystemExit('loaded')")
    for folder in (home / ".config", home / ".local/share"):
        settings = folder / "python_keyring" / "keyringrc.cfg"
        settings.parent.mkdir(parents=True)
        settings.write_text(
            f"[backend]\ndefault-keyring=evil_canary.Keyring\nkeyring-path={tmp_path}\n"
        )
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    with pytest.raises(SecretsUnavailableError):
        open_key_store("alwrity-desktop", os.environ, deadline_s=5)
    assert "evil_canary" not in sys.modules


ON_A_DESKTOP = """
import os
from alwrity_desktop.core import profile
from alwrity_desktop.core.secrets import open_secret_store
store = open_secret_store(profile.find(os.environ), os.environ)
assert store.is_lasting, store.describe()
store.set("work", "canary-1")
again = open_secret_store(profile.find(os.environ), os.environ)
assert again.get("work") == "canary-1"
other = open_secret_store(
    profile.find({"ALWRITY_DESKTOP_HOME": "/elsewhere"}), {"ALWRITY_DESKTOP_HOME": "/elsewhere"}
)
assert other.get("work") is None
again.delete("work")
assert store.get("work") is None
print(store.describe())
"""


@pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="needs dbus-run-session and gnome-keyring-daemon",
)
def test_that_a_real_secret_service_keeps_tokens(tmp_path: Path) -> None:
    script = tmp_path / "desktop.py"
    script.write_text(ON_A_DESKTOP)
    unlock = "printf canary | gnome-keyring-daemon --unlock --components=secrets >/dev/null"
    answer = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", f'{unlock}; "{sys.executable}" "{script}"'],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert answer.stdout == "Tokens are kept in the Secret Service.\n", answer.stderr
