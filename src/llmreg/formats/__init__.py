"""Schema formats: one folder each, found by looking. Nothing here knows Git, modes or severities by policy."""
