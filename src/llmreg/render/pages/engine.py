"""Templates: everything is escaped, a misspelt name is an error, and no invisible character passes unseen."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from llmreg.errors import UsageError
from llmreg.model.about import __version__
from llmreg.render.pages.visible import visible

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from jinja2 import Environment
    from markupsafe import Markup

_PACKAGE = "llmreg.render.pages"
_SPAN = re.compile(r"`([^`]+)`")
CSP = "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'"
CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def render(template: str, **values: Any) -> bytes:
    """A page as UTF-8."""
    return environment().get_template(template).render(values).encode()


def asset(name: str) -> bytes | None:
    """A file of `assets/`; None when there is none of that name."""
    found = files(_PACKAGE).joinpath("assets", name)
    return found.read_bytes() if name in asset_names() and found.is_file() else None


@cache
def asset_names() -> tuple[str, ...]:
    return tuple(sorted(item.name for item in files(_PACKAGE).joinpath("assets").iterdir()))


@cache
def maker() -> str:
    """A digest over the program that makes pages: other code, other pages."""
    digest = hashlib.sha256(__version__.encode())
    for name, data in sorted(_contents(files(_PACKAGE), "")):
        digest.update(f"{name} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def _contents(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found = []
    for item in folder.iterdir():
        if item.is_dir():
            found += _contents(item, f"{prefix}{item.name}/")
        elif item.name.endswith((".py", ".html", ".css", ".js", ".svg")):
            found.append((prefix + item.name, item.read_bytes()))
    return found


@cache
def environment() -> Environment:
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError:
        raise UsageError("pages are made with Jinja2, which is not installed", hint="pip install jinja2") from None
    made = Environment(
        loader=PackageLoader(_PACKAGE, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=visible,
    )
    made.filters["spans"] = _spans
    made.globals["csp"] = CSP
    return made


def _spans(text: str) -> Markup:
    """Running text; what stands between two backticks is code."""
    from markupsafe import Markup, escape

    parts = (escape(visible(part)) for part in _SPAN.split(text))
    return Markup("").join(Markup("<code>%s</code>") % part if at % 2 else part for at, part in enumerate(parts))
