"""Measurements side by side, runnable by anyone."""
