"""Tests of the sources that ask servers."""
