"""Sources that ask servers: one module for each kind, loaded when an account needs it."""
