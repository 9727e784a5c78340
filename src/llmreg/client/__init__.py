"""The Python client of a served registry."""
