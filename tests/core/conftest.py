"""The program's parts in a profile of the test's own, and a user without rights."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from alwrity_desktop.core import profile
from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import Context, open_context

NOBODY = 65534


class Powerless(Protocol):
    """Runs a block as a user whom file modes bind; root would read everything."""

    def __call__(self) -> AbstractContextManager[None]: ...


@pytest.fixture(autouse=True)
def _umask_is_put_back() -> Iterator[None]:
    before = os.umask(0o077)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture
def context(clock: Clock, home: Path) -> Iterator[Context]:
    """Open the parts on an empty profile, on a Friday in November 2026."""
    found = profile.find(os.environ)
    profile.prepare(found)
    opened = open_context(found)
    yield opened
    opened.close()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Make a folder that a user without rights owns and reaches."""
    folder = Path(tempfile.mkdtemp())
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700)
    shutil.rmtree(folder)


@pytest.fixture
def guest(clock: Clock, open_folder: Path) -> Iterator[Context]:
    """Open the parts on a profile that a user without rights can reach."""
    environ = {**os.environ, profile.HOME_VARIABLE: str(open_folder / "profile")}
    found = profile.find(environ)
    profile.prepare(found)
    opened = open_context(found, environ)
    yield opened
    opened.close()


@pytest.fixture
def powerless(open_folder: Path) -> Powerless:
    """Return a way to give up root's rights; everyone else keeps what they have."""
    if os.name != "posix":
        pytest.skip("File modes bind nobody here.")

    @contextmanager
    def without_rights() -> Iterator[None]:
        if os.geteuid() != 0:
            yield
            return
        for path in (open_folder, *open_folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)

    return without_rights
