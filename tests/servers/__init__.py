"""Stand-in servers: real HTTP and WebSocket on loopback, with state, and faults on request."""
