"""OpenTelemetry: what programs report about their own calls, told apart from all else they say."""
