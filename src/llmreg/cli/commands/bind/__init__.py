"""Bindings: which versions a model's input, output, prompt and tools resolve to, and whether they fit together."""

EXAMPLES = """Examples:

\b
  llmreg bind check             every range resolves, kinds, profiles and budgets fit
  llmreg bind list
  llmreg bind show answer       the versions and digests that it means now
"""
