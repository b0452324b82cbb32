"""The doors by which calls come that are no tool's logs, and what people call them."""

from __future__ import annotations

from typing import Final

DOORS: Final = {
    "record": "Scripts",
    "sample": "Sample data",
    "gateway": "Gateway",
    "otlp": "OpenTelemetry",
    "table": "Imported table",
}
