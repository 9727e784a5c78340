"""What stands around the application, one per file, found by looking.

Each exports `PLACE` (the smallest is outermost) and `wrap(app, state) -> ASGIApp`, which gives the application back as
it is when the options do not ask for it.
"""
