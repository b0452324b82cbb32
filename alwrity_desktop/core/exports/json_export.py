"""JSON: the report's document with all that is known of the period, and every call in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from alwrity_desktop.core.account_documents import comparison_document
from alwrity_desktop.core.documents import call_document, report_document
from alwrity_desktop.core.domain.insight_values import INSIGHTS
from alwrity_desktop.core.exports.contents import CHECK, PLANS, Contents, Part
from alwrity_desktop.core.files import replacing
from alwrity_desktop.core.forecast_documents import forecast_check_document
from alwrity_desktop.core.history_documents import day_documents

NAME: Final = "json"
TITLE: Final = "The report with everything in it and every call, as one JSON document"


def needs(parts: Sequence[Part]) -> frozenset[str]:  # noqa: ARG001 - it holds them all
    """Return everything that can be asked for."""
    return frozenset({*INSIGHTS, CHECK, PLANS})


def write(contents: Contents, path: Path, parts: Sequence[Part] = ()) -> None:  # noqa: ARG001 - as above
    """Write the report and its calls, holding one call at a time.

    Raises OSError when the file cannot be written.
    """
    document = report_document(contents.report)
    document["days"] = list(day_documents(contents.report))
    if contents.check is not None:
        document["forecast_check"] = forecast_check_document(contents.check)
    if contents.plans is not None:
        document["plans"] = comparison_document(contents.plans)
    head = json.dumps(document, indent=1).removesuffix("\n}")
    with replacing(path) as file:
        file.write(f'{head},\n "calls": [')
        between = "\n  "
        for call in contents.calls:
            file.write(between + json.dumps(call_document(call)))
            between = ",\n  "
        file.write("\n ]\n}\n")
