"""Dialects: how each provider is asked, what its answers count, how it says no."""
