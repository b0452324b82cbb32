"""Watches the folders of logs, and has what was added read about a second later."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QThread

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.errors import AlwrityError
from alwrity_desktop.core.polling import LOGS, Schedule
from alwrity_desktop.core.program_log import stack_of
from alwrity_desktop.core.results import FoundLogs
from alwrity_desktop.ui.events import Crashed, Failed, Topic
from alwrity_desktop.ui.importer import ImportRequest
from alwrity_desktop.ui.jobs import Post
from alwrity_desktop.ui.loop_thread import STOP_TIMEOUT_MS
from alwrity_desktop.ui.pollers import now_ms

DEBOUNCE_MS: Final = 1_000
QUIET_MS: Final = 300
"""Without a new change for this long, the changes so far are read."""

LOOK_AGAIN_MS: Final = 30_000
"""A tool that is used for the first time makes its folder only then."""

POLL_DELAY_MS: Final = 5_000
"""How often files are looked at where the system cannot tell of changes."""

Watch = Callable[..., Iterable[AbstractSet[tuple[object, str]]]]


class Watcher:
    """Turns changes of files into requests to read them."""

    def __init__(
        self,
        find_logs: Callable[[], tuple[FoundLogs, ...]],
        submit: Callable[[ImportRequest], None],
        post: Post,
        schedule: Schedule | None = None,
    ) -> None:
        self._find_logs = find_logs
        self._submit = submit
        self._post = post
        self._sizes: dict[Path, int] = {}
        self._is_polling = False
        self._paused_until_ms = 0
        self._stop = threading.Event()
        self.schedule = schedule or Schedule(LOGS)

    def stop(self) -> None:
        """End the watching; may be called from any thread."""
        self._stop.set()

    def pause(self, until_ms: int) -> None:
        """Read nothing before *until_ms* of the forward clock; 0 goes on at once."""
        self._paused_until_ms = until_ms

    def run(self, watch: Watch) -> None:
        """Watch with *watch* (``watchfiles.watch``) until asked to stop."""
        self.schedule.succeeded(now_ms())
        while not self._stop.is_set():
            folders = self.folders()
            if not folders:
                self.look(now_ms())
                self._stop.wait(LOOK_AGAIN_MS / 1000)
                continue
            try:
                self._watch(watch, folders)
            except (OSError, RuntimeError) as error:
                self._fall_back(error)

    def _watch(self, watch: Watch, folders: tuple[Path, ...]) -> None:
        looked_at_ms = now_ms()
        for changes in watch(
            *folders,
            stop_event=self._stop,
            debounce=DEBOUNCE_MS,
            step=QUIET_MS,
            rust_timeout=DEBOUNCE_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
            force_polling=self._is_polling or None,
            poll_delay_ms=POLL_DELAY_MS,
        ):
            now = now_ms()
            if changes and now >= self._paused_until_ms:
                self.changed([Path(path) for _kind, path in changes])
            self.look(now)
            if now - looked_at_ms >= LOOK_AGAIN_MS:
                looked_at_ms = now
                if self.folders() != folders:
                    return

    def _fall_back(self, error: Exception) -> None:
        if not self._is_polling:
            self._is_polling = True
            return
        reason = getattr(error, "strerror", None) or type(error).__name__
        self._post(
            Failed(
                Topic.WATCH,
                f"The log folders cannot be watched ({reason}). They are read every few minutes.",
            )
        )
        while not self._stop.wait(LOOK_AGAIN_MS / 1000):
            self.look(now_ms())

    def folders(self) -> tuple[Path, ...]:
        """Return the folders of logs that exist now."""
        try:
            found = self._find_logs()
        except AlwrityError:
            return ()
        folders = {folder for logs in found for folder in logs.folders if folder.is_dir()}
        return tuple(sorted(folders))

    def look(self, now: int) -> None:
        """Have everything read when that is due: the net under the watching."""
        if self.schedule.remaining_ms(now) or now < self._paused_until_ms:
            return
        self.schedule.succeeded(now)
        self._submit(ImportRequest(is_asked_for=False))

    def changed(self, paths: Iterable[Path]) -> None:
        """Have the changed files among *paths* read."""
        grown: list[Path] = []
        unread_bytes = 0
        for path in sorted(paths):
            try:
                size = path.stat().st_size if path.is_file() else 0
            except OSError:
                continue
            known = self._sizes.get(path, 0)
            if not size or size == known:
                continue
            self._sizes[path] = size
            unread_bytes += size - known if size > known else size
            grown.append(path)
        if grown:
            self._submit(ImportRequest(tuple(grown), unread_bytes, is_asked_for=False))


class WatchThread(QThread):
    """The thread in which the folders are watched."""

    def __init__(
        self,
        context: Context,
        submit: Callable[[ImportRequest], None],
        post: Post,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("watch")
        self._post = post
        self.watcher = Watcher(context.find_logs, submit, post)

    def run(self) -> None:
        """Watch until asked to stop."""
        from watchfiles import watch  # noqa: PLC0415 - it loads slowly, and only here

        try:
            self.watcher.run(watch)
        except Exception as error:  # noqa: BLE001 - our bug must not end the thread unseen
            self._post(Crashed(stack_of(error)))

    def end(self) -> bool:
        """Stop and wait; return whether the thread ended."""
        self.watcher.stop()
        return self.wait(STOP_TIMEOUT_MS)
