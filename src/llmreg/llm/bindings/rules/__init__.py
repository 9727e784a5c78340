"""The rules of bindings: one file each, its docstring is its page. Each yields `resolve.Hit`s for a `resolve.Case`."""
