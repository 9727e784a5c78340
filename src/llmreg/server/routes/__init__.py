"""Routes, one family per file, found by looking: each file exports `ROUTES`."""
