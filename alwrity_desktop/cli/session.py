"""What a command works with: the profile, the settings, the clock and the context, once asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from alwrity_desktop.core import clock, profile
from alwrity_desktop.core.domain.errors import WorldError
from alwrity_desktop.core.profile import Profile

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context
    from alwrity_desktop.core.keyed_hash import KeyedHash
    from alwrity_desktop.core.settings import Settings

SAMPLE_ACCOUNT = "sample"


class Session:
    """One run of one command. Opens nothing until it is needed."""

    def __init__(
        self, environ: Mapping[str, str], open_context: Callable[[], Context] | None = None
    ) -> None:
        self.environ = environ
        self._open_context = self._open_real_context if open_context is None else open_context
        self._context: Context | None = None
        self._hashes: KeyedHash | None = None

    @cached_property
    def profile(self) -> Profile:
        """The folders of this run, made when they are first asked for."""
        found = profile.find(self.environ)
        profile.prepare(found)
        return found

    def now_ms(self) -> int:
        """Return the present moment, UTC milliseconds."""
        return clock.clock_from_environment(self.environ).now_ms()

    @cached_property
    def settings(self) -> Settings:
        """What the person chose; what cannot be read has its default, and doctor tells it."""
        from alwrity_desktop.core import settings

        return settings.load(profile.find(self.environ).settings)[0]

    def timezone(self) -> str:
        """Return the zone of the settings, else the system's."""
        return self.settings.timezone or clock.system_timezone(self.environ)

    def hashes(self) -> KeyedHash:
        """Return the hashes of the profile. Raises WorldError where its secret cannot be kept."""
        from alwrity_desktop.core.keyed_hash import open_hashes

        if self._hashes is None:
            self._hashes = open_hashes(self.profile)
        return self._hashes

    def context(self, account: str = "") -> Context:
        """Return the context, with the sample data made when *account* is the sample."""
        if self._context is None:
            self._context = self._open_context()
        if account == SAMPLE_ACCOUNT:
            self._context.make_sample()
        return self._context

    def log_bug(self, error: Exception) -> Path | None:
        """Keep the stack of *error*; return the file, or None where none can be written."""
        from alwrity_desktop.core import program_log

        try:
            path = self.profile.log
        except WorldError:
            return None
        program_log.start(path).error("A command failed.", exc_info=error)
        return path if path.exists() else None

    def close(self) -> None:
        """Release what was opened."""
        if self._context is not None:
            self._context.close()
            self._context = None

    def _open_real_context(self) -> Context:
        from alwrity_desktop.core import program_log
        from alwrity_desktop.core.context import open_context

        program_log.start(self.profile.log)
        return open_context(self.profile, self.environ)
