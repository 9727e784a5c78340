"""`python -m llmreg` is the `llmreg` command."""

from __future__ import annotations

from llmreg.cli.app import main

if __name__ == "__main__":
    main()
