"""Changes of JSON Schema without a data break, one rule per file: the file name is the id, the docstring the page."""
