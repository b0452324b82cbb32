"""Finds the files that come with the program, in an installed wheel and in a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent.parent


@cache
def resource_root() -> Path:
    """Return the folder that holds fonts, icons and data.

    A wheel carries it inside the package; in a checkout it lies beside the package.

    Raises:
        FileNotFoundError: The installation is damaged.
    """
    for folder in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        if (folder / "icons" / "app.svg").is_file():
            return folder
    raise FileNotFoundError(
        f"The program's resources are missing beside {_PACKAGE}. Install ALwrity Desktop again."
    )


def resource_path(*parts: str) -> Path:
    """Return the path of one resource, for instance ``resource_path("icons", "bell.svg")``.

    It is not checked that the file is there: whoever opens it says so.
    """
    return resource_root().joinpath(*parts)
