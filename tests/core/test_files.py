"""Files are replaced as a whole, and what is no file stays what it is."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from alwrity_desktop.core.files import replacing

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pipes with names there")


class Reader:
    """Reads a named pipe to its end, in a thread of its own."""

    def __init__(self, pipe: Path) -> None:
        self.text = ""
        self._pipe = pipe
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        self.text = self._pipe.read_bytes().decode()

    def all_text(self) -> str:
        self._thread.join(timeout=30)
        return self.text


def write(path: Path, text: str) -> None:
    with replacing(path) as file:
        file.write(text)


def test_that_the_file_behind_links_is_replaced_and_the_links_stay(tmp_path: Path) -> None:
    real = tmp_path / "kept" / "real.csv"
    real.parent.mkdir()
    real.write_text("old")
    (tmp_path / "near").symlink_to(Path("kept", "real.csv"))
    link = tmp_path / "link.csv"
    link.symlink_to("near")
    write(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert list(real.parent.iterdir()) == [real]


def test_that_a_link_to_what_is_not_there_yet_is_followed(tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to("later.csv")
    write(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "later.csv").read_text() == "new"


def test_that_a_failure_leaves_the_file_behind_a_link_as_it_was(tmp_path: Path) -> None:
    real = tmp_path / "real.csv"
    real.write_text("old")
    link = tmp_path / "link.csv"
    link.symlink_to(real)

    def fail() -> None:
        with replacing(link) as file:
            file.write("new")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        fail()
    assert real.read_text() == "old"
    assert sorted(tmp_path.iterdir()) == [link, real]


def test_that_a_named_pipe_is_written_into(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = Reader(pipe)
    write(pipe, "new\r\n")
    assert reader.all_text() == "new\r\n"
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_that_a_named_pipe_behind_a_link_is_written_into(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    reader = Reader(pipe)
    write(link, "new")
    assert reader.all_text() == "new"
    assert link.is_symlink()
    assert pipe.is_fifo()


#: Never /dev/stdout: whoever breaks this as root would lose it.
WRITER = (
    "from pathlib import Path; from alwrity_desktop.core.files import replacing\n"
    "with replacing(Path('/dev/fd/1')) as file: file.write('new')\n"
    "print(' and said')"
)


def test_that_standard_output_goes_on_where_the_shell_appends(tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    path.write_text("old, ")
    with path.open("ab") as file:
        subprocess.run([sys.executable, "-c", WRITER], stdout=file, check=True, timeout=60)
    assert path.read_text() == "old, new and said\n"


def test_that_standard_output_may_be_a_pipe() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITER], stdout=subprocess.PIPE, check=True, timeout=60
    )
    assert done.stdout == b"new and said\n"
