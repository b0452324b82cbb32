"""Tests of the window's docks."""
