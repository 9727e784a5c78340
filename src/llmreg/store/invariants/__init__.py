"""One invariant of the registry per file: its code is the file name, its docstring the documentation page."""
