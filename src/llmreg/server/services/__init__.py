"""What runs beside the requests, one per file, found by looking.

Each exports `run(state)`, an asynchronous context manager that is entered before the first request and left after the
last one.
"""
