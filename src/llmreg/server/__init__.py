"""The HTTP server: answers from an index, and can never write."""
