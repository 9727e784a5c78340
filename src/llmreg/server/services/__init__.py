"""What runs beside the requests, one per file, found by looking.

Each exports `PLACE` (the smallest starts first and stops last) and `run(state)`, an asynchronous context manager that
is entered before the first request and left after the last one. Whoever takes calls of its own stands behind everything
that it needs to answer them.
"""
