"""Tests of taking what programs report by OpenTelemetry."""
