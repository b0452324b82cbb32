"""Exports: one file for each format, registered by being here."""

from __future__ import annotations
