"""One output per file: a report in, text out."""
