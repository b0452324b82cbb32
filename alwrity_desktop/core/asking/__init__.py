"""Asking servers: the one door to the network, and everything that keeps it polite and safe."""
