"""How usage comes in while the window is open: reading, watching, first start, sample data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

from PySide6.QtCore import QObject, Signal, Slot

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.results import SourceImport
from alwrity_desktop.ui import events, formatting
from alwrity_desktop.ui.importer import ImportLoop, ImportRequest
from alwrity_desktop.ui.jobs import FindLogs, Job, MakeSample, Post
from alwrity_desktop.ui.loop_thread import LoopThread
from alwrity_desktop.ui.main_window import MainWindow
from alwrity_desktop.ui.notices import Notice
from alwrity_desktop.ui.pollers import now_ms

if TYPE_CHECKING:
    from alwrity_desktop.ui.watcher import WatchThread

ImportEvent = (
    events.LogsFound
    | events.ImportStarted
    | events.ImportProgressed
    | events.ImportFinished
    | events.ImportCancelled
)
SampleEvent = events.SampleProgressed | events.SampleReady
IntakeEvent = ImportEvent | SampleEvent


class Intake(QObject):
    """Owns the threads that read and watch, and shows how far they are."""

    #: Calls came in, or might have.
    finished = Signal()
    sample_ready = Signal()

    def __init__(
        self, context: Context, window: MainWindow, submit: Callable[[Job], None], post: Post
    ) -> None:
        """Start nothing yet."""
        super().__init__(window)
        self._context = context
        self._window = window
        self._submit = submit
        self._post = post
        self._loop = ImportLoop(context, post)
        self._thread: LoopThread | None = None
        self._watch: WatchThread | None = None
        self._is_asked_for = False
        window.import_bar.cancelled.connect(self.cancel)
        window.first_run.look_asked.connect(self.look_for_logs)

    def start(self, *, is_watching: bool) -> None:
        """Read what is new since the last run, and watch for more."""
        if self._thread is None:
            self._thread = LoopThread(self._loop, "import", self)
            self._thread.start()
        if is_watching and self._watch is None:
            from alwrity_desktop.ui.watcher import WatchThread  # noqa: PLC0415 - not for the first paint

            self._watch = WatchThread(self._context, self._loop.submit, self._post, self)
            self._watch.start()

    def stop_watching(self) -> bool:
        """Watch no more; return whether the thread ended."""
        watch, self._watch = self._watch, None
        return watch is None or watch.end()

    def stop(self) -> tuple[str, ...]:
        """Stop everything and wait; return the names of threads that hang."""
        hanging = [] if self.stop_watching() else ["watch"]
        if self._thread is not None and not self._thread.end():
            hanging.append(self._thread.objectName())
        return tuple(hanging)

    def set_hidden(self, *, is_hidden: bool) -> None:
        """Read less often while nobody looks."""
        if self._watch is not None:
            self._watch.watcher.schedule.set_hidden(is_hidden)

    def pause(self, wait_ms: int) -> None:
        """Read nothing of its own accord for *wait_ms*; 0 goes on at once."""
        if self._watch is not None:
            self._watch.watcher.pause(now_ms() + wait_ms if wait_ms else 0)

    def next_read_ms(self) -> int | None:
        """Return the wait until everything is read again, None when nothing is watched."""
        return None if self._watch is None else self._watch.watcher.schedule.remaining_ms(now_ms())

    def read(self, *, is_asked_for: bool) -> None:
        """Read all logs; *is_asked_for* by a person, who then sees how far it is."""
        self._loop.submit(ImportRequest(is_asked_for=is_asked_for))

    @Slot()
    def cancel(self) -> None:
        """Stop the reading at hand."""
        self._loop.cancel()

    def offer_first_run(self) -> None:
        """Show the first start, and look for logs."""
        if not self._window.is_first_run:
            self._window.show_first_run(is_shown=True)
            self.look_for_logs()

    @Slot()
    def look_for_logs(self) -> None:
        """Look which logs lie on this computer."""
        self._submit(FindLogs())

    def make_sample(self) -> None:
        """Have the sample made unless it is there."""
        self._window.first_run.show_sample_progress(0.0)
        self._submit(MakeSample())

    def on_event(self, event: IntakeEvent) -> None:
        """Take an event of this part."""
        if isinstance(event, SampleEvent):
            self.on_sample(event)
        else:
            self.on_import(event)

    def on_import(self, event: ImportEvent) -> None:
        """Show what the reading of logs has come to."""
        bar = self._window.import_bar
        match event:
            case events.LogsFound(logs):
                self._window.first_run.show_logs(logs)
            case events.ImportStarted():
                self._is_asked_for = True
                bar.begin()
            case events.ImportProgressed(progress):
                bar.show_progress(progress)
            case events.ImportFinished(sources):
                bar.end()
                self._say(sources)
                self.finished.emit()
            case events.ImportCancelled():
                bar.end()
                self._is_asked_for = False
                self.finished.emit()
            case _:
                assert_never(event)

    def _say(self, sources: tuple[SourceImport, ...]) -> None:
        """Answer a person who asked; new calls speak for themselves."""
        was_asked_for, self._is_asked_for = self._is_asked_for, False
        self._window.notices.clear(events.Topic.IMPORT)
        if not was_asked_for or any(source.calls_added for source in sources):
            return
        files = sum(source.files for source in sources)
        if files:
            words = self.tr("No new calls in {files} files.").format(files=formatting.count(files))
        else:
            words = self.tr("There are no logs of a known tool on this computer.")
        self._window.notices.post(events.Topic.IMPORT, Notice("info", words))

    def on_failed(self) -> None:
        """Take the progress away after a failure."""
        self._is_asked_for = False
        self._window.import_bar.end()

    def on_sample(self, event: SampleEvent) -> None:
        """Show how much of the sample is made."""
        match event:
            case events.SampleProgressed(part):
                self._window.first_run.show_sample_progress(part)
            case events.SampleReady():
                self._window.first_run.show_sample_progress(None)
                self.sample_ready.emit()
            case _:
                assert_never(event)
