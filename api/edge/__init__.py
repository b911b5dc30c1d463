"""What surrounds every request: limits, request ids, logs, metrics, headers."""
