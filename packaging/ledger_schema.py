"""Writes schema.sql of the ledger: the statements that make the tables which are declared."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path
from typing import Final

from sqlalchemy import create_mock_engine
from sqlalchemy.schema import ExecutableDDLElement

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from alwrity_desktop.core.ledger.coarse_tables import METADATA  # noqa: E402 - found by the path
from alwrity_desktop.core.ledger.migrate import SCHEMA  # noqa: E402 - as above


def statements() -> str:
    """Return the statements, with a blank line between two."""
    found: list[str] = []

    def keep(statement: ExecutableDDLElement, *_: object) -> None:
        text = str(statement.compile(dialect=engine.dialect)).expandtabs(4)
        lines = (line.rstrip() for line in text.splitlines())
        found.append("\n".join(line for line in lines if line))

    engine = create_mock_engine("sqlite://", keep)
    METADATA.create_all(engine, checkfirst=False)
    # The indexes of a table come in no fixed order.
    ordered = (
        statement
        for is_index, group in groupby(found, key=_is_index)
        for statement in (sorted(group) if is_index else group)
    )
    return "\n\n".join(ordered) + "\n"


def _is_index(statement: str) -> bool:
    return statement.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX"))


def main() -> int:
    """Write the file; with ``--check`` only say whether it is fresh."""
    made = statements()
    if "--check" in sys.argv[1:]:
        return int(not SCHEMA.is_file() or SCHEMA.read_text(encoding="utf-8") != made)
    SCHEMA.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
