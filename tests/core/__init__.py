"""Tests of the core: nothing here opens a window."""
