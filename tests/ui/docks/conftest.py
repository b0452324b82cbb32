"""Dresses the application for these tests."""

from __future__ import annotations

from tests.ui.looks import dressed

__all__ = ["dressed"]
