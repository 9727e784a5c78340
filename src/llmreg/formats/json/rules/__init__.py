"""What breaks or is ignored in JSON Schema, one rule per file: the file name is the id, the docstring the page."""
