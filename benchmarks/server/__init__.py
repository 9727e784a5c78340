"""What the server costs a request, beside nginx on the same bytes, and whether new generations disturb it."""
