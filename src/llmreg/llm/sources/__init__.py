"""Schemas that are generated from code. The code runs in a child process only, and only where a person asks for it."""
