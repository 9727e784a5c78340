"""Prompts against the schema of their variables: every path that a template uses, promised or not, shown by a render.

`check_prompt(prompt, variables)` is the whole of it: a `formats.prompt` schema and a `formats.json` one in, findings
out. An error is always confirmed: its witness is a document that two validators accept and that the template, rendered
in a contained child process, fails on.
"""

from __future__ import annotations

from llmreg.llm.prompts.check import PromptReport, check_prompt, clean_documents

__all__ = ["PromptReport", "check_prompt", "clean_documents"]
