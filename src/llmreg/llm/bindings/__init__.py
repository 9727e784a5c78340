"""Bindings: which versions a model's input, output, prompt and tools resolve to, and whether they fit together."""
