"""`python -m llmreg` is the `llmreg` command."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # Python looks for modules in the current directory first here, and that is a checkout: its `yaml.py` is not ours.
    if sys.path and Path(sys.path[0]) == Path.cwd():
        del sys.path[0]
    from llmreg.cli.app import main

    main()
