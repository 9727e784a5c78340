"""What changes without a data break, one rule per file: the file's name is the id, its docstring is the page."""
