"""Tests of asking servers: real servers on loopback, pauses that take no time."""
