"""ALwrity Desktop: what this computer spends on AI, as a number you can open."""

from __future__ import annotations

__version__ = "0.1.0"
