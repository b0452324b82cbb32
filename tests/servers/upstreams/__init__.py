"""Stand-ins for the providers: real HTTP servers on loopback that answer as they do."""
