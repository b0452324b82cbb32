"""JSON: the report's document, its forecast and tips too, with every call of the period in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from alwrity_desktop.core.documents import call_document, report_document
from alwrity_desktop.core.domain.report import CallRow, Report
from alwrity_desktop.core.files import replacing

NAME: Final = "json"
TITLE: Final = "The report and every call, as one JSON document"


def write(report: Report, calls: Iterable[CallRow], path: Path) -> None:
    """Write the report and its calls, holding one call at a time.

    Raises OSError when the file cannot be written.
    """
    head = json.dumps(report_document(report), indent=1).removesuffix("\n}")
    with replacing(path) as file:
        file.write(f'{head},\n "calls": [')
        between = "\n  "
        for call in calls:
            file.write(between + json.dumps(call_document(call)))
            between = ",\n  "
        file.write("\n ]\n}\n")
