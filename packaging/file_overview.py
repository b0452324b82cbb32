"""Writes docs/files.md: what each file is, from the first line of its docstring."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
TARGET: Final = ROOT / "docs" / "files.md"
FOLDERS: Final = ("alwrity_desktop", "benchmarks", "packaging", "tests")
HEAD: Final = """# What each file is

Written by `make docs` from the first line of each module. Do not edit.
"""


def modules() -> list[Path]:
    """Return every Python file of the project, folder by folder."""
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    return sorted(found, key=lambda path: (path.parent.relative_to(ROOT).parts, path.name))


def first_line(path: Path) -> str:
    """Return the first line of the module's docstring, empty without one."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]


def overview() -> str:
    """Return the whole page."""
    return HEAD + "".join(_sections())


def _sections() -> Iterator[str]:
    for folder, paths in groupby(modules(), key=lambda path: path.parent):
        listed = list(paths)
        about = [first_line(path) for path in listed if path.name == "__init__.py"]
        yield f"\n## {folder.relative_to(ROOT).as_posix()}\n\n"
        if about:
            yield f"{about[0]}\n\n"
        rows = [path for path in listed if path.name != "__init__.py"]
        if rows:
            yield "| file | is |\n|---|---|\n"
        for path in rows:
            yield f"| `{path.name}` | {first_line(path).replace('|', chr(92) + '|')} |\n"


def main() -> int:
    """Write the page; with ``--check`` only say whether it is fresh."""
    page = overview()
    if "--check" in sys.argv[1:]:
        return int(not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != page)
    TARGET.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
