"""Tests of the sources: made logs in, calls and refusals out."""
