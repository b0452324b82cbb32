"""The profile: the folders that hold settings, ledger, cache and logs, readable by one person."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
import platformdirs

from alwrity_desktop.core.domain.errors import WorldError

HOME_VARIABLE: Final = "ALWRITY_DESKTOP_HOME"
APPLICATION: Final = "alwrity-desktop"

_PRIVATE_FOLDER: Final = 0o700
_PRIVATE_UMASK: Final = 0o077


class Profile(msgspec.Struct, frozen=True):
    """Where everything is kept. Naming a path here makes nothing on disk."""

    config: Path
    data: Path
    cache: Path
    logs: Path

    @property
    def settings(self) -> Path:
        """The person's settings, only what differs from the defaults."""
        return self.config / "settings.toml"

    @property
    def accounts(self) -> Path:
        """The servers that are connected, without their tokens."""
        return self.config / "accounts.json"

    @property
    def window(self) -> Path:
        """Geometry and layouts of the window."""
        return self.config / "window.ini"

    @property
    def ledger(self) -> Path:
        """The ledger of the real calls."""
        return self.data / "ledger.sqlite3"

    @property
    def sample(self) -> Path:
        """The ledger of the sample data."""
        return self.data / "sample.sqlite3"

    @property
    def prices(self) -> Path:
        """A newer price list than the one that came with the program."""
        return self.data / "prices.json"

    @property
    def hash_secret(self) -> Path:
        """The secret with which requests and keys are hashed."""
        return self.data / "hash.key"

    @property
    def log(self) -> Path:
        """The program's own log."""
        return self.logs / "alwrity-desktop.log"


def find(environ: Mapping[str, str]) -> Profile:
    """Return the profile that *environ* names, else the one in the platform's usual folders."""
    home = environ.get(HOME_VARIABLE, "").strip()
    if home:
        folder = Path(home).expanduser().absolute()
        return Profile(folder, folder, folder / "cache", folder / "logs")
    folders = platformdirs.PlatformDirs(APPLICATION, appauthor=False)
    return Profile(
        folders.user_config_path,
        folders.user_data_path,
        folders.user_cache_path,
        folders.user_log_path,
    )


def prepare(profile: Profile) -> None:
    """Make the profile's folders, for their owner alone, and let no new file be read by others.

    Raises WorldError with one sentence when a folder cannot be made or written.
    """
    os.umask(_PRIVATE_UMASK)
    for folder in dict.fromkeys((profile.config, profile.data, profile.cache, profile.logs)):
        _make_private(folder)


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        _tighten(folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = (
            f"The folder {folder} cannot be used ({reason}). "
            f"Make it writable, or name another one in {HOME_VARIABLE}."
        )
        raise WorldError(message) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        message = (
            f"The folder {folder} cannot be written. "
            f"Make it writable, or name another one in {HOME_VARIABLE}."
        )
        raise WorldError(message)


def _tighten(folder: Path) -> None:
    """Close a folder of ours to others; one that others share by its nature stays as it is."""
    if os.name != "posix":
        return
    status = folder.stat()
    is_shared = bool(status.st_mode & stat.S_ISVTX) or folder == Path.home()
    is_open = bool(status.st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    if is_open and not is_shared and status.st_uid == os.getuid():
        folder.chmod(_PRIVATE_FOLDER)
