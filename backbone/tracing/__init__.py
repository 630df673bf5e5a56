"""Traces (OpenTelemetry): begun by `start`, carried by `context`; nothing while nobody collects."""
