"""Writes resources/prices/maintained.json from the installed genai-prices package.

Usage: python packaging/make_prices.py --date 2026-11-20 [--out FILE]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from alwrity_desktop.core.price_snapshot import snapshot

OUT = Path(__file__).parent.parent / "resources" / "prices" / "maintained.json"


def main() -> None:
    """Write the snapshot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--date", required=True, help="the day on which the list was taken")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_bytes(snapshot(arguments.date))


if __name__ == "__main__":
    main()
