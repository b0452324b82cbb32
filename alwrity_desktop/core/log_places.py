"""Where logs lie: the sources that are read, their usual folders, and paths that a person names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from alwrity_desktop.core.domain.errors import NotFoundError
from alwrity_desktop.core.results import FoundLogs
from alwrity_desktop.core.settings import Settings
from alwrity_desktop.core.sources.base import LogFile, LogSource, walk
from alwrity_desktop.core.sources.registry import all_sources, source_named

Roots = tuple[Path, ...]


class LogPlaces:
    """The places of logs under one choice of settings, on one machine."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._environ = environ

    def found(self) -> tuple[FoundLogs, ...]:
        """Return the logs that lie on this machine, by source; sources without any are left out."""
        every = (self._found_of(source) for source in self._sources(None))
        return tuple(each for each in every if each.files)

    def roots(self, name: str | None, paths: Sequence[Path]) -> list[tuple[LogSource, Roots]]:
        """Return what to walk for each source, in the usual folders or below *paths*.

        Raises NotFoundError for a source that does not exist, or a path that is no source's.
        """
        sources = self._sources(name)
        if not paths:
            return [(source, self._folders(source)) for source in sources]
        accepted: set[Path] = set()
        found = []
        for source in sources:
            below = {path: source.accept(path) for path in paths}
            accepted.update(path for path, roots in below.items() if roots)
            roots = tuple(dict.fromkeys(root for each in below.values() for root in each))
            if roots or name is not None:
                found.append((source, roots))
        for path in paths:
            if path not in accepted:
                raise NotFoundError(
                    f"There are no logs of a known tool in {path}. Name a log, a folder of logs, "
                    "or the tool's own folder."
                )
        return found

    def _found_of(self, source: LogSource) -> FoundLogs:
        folders = self._folders(source)
        files = [one for folder in folders for one in walk(folder, source)]
        logs = [one for one in files if isinstance(one, LogFile)]
        size = sum(log.size for log in logs)
        return FoundLogs(source.name, source.title, folders, len(logs), size)

    def _sources(self, name: str | None) -> tuple[LogSource, ...]:
        if name is None:
            left_out = self._settings.disabled_sources
            return tuple(source for source in all_sources() if source.name not in left_out)
        try:
            return (source_named(name),)
        except KeyError:
            known = ", ".join(source.name for source in all_sources())
            sentence = f'There is no source "{name:.60}". There are: {known}.'
            raise NotFoundError(sentence) from None

    def _folders(self, source: LogSource) -> Roots:
        usual = source.folders(self._environ, Path(self._environ.get("HOME") or Path.home()))
        named = self._settings.log_folders
        more = (root for folder in named for root in source.accept(Path(folder)))
        return tuple(dict.fromkeys((*usual, *more)))
