"""The documentation of the invariants that need parsed schemas: each is the docstring of the module that judges it."""

from __future__ import annotations

from llmreg.compat import bump, examples, loosened, pins

PAGES: dict[str, str] = {
    "bump": bump.__doc__ or "",
    "example-refused": examples.__doc__ or "",
    "policy-loosened": loosened.__doc__ or "",
    "refs": pins.__doc__ or "",
}
