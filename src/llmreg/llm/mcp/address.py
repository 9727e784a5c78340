"""Where a server may be asked and as whom, and what of that is shown and kept: no key, wherever it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final

import httpx

from llmreg.errors import UsageError

_KEY_LENGTH: Final = 16  # characters: a part of a path that is this long may be a key
_TELLING: Final = 8  # characters: a shorter token may be a word of any answer
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*", re.ASCII)  # RFC 6750 §2.1
_EXAMPLE: Final = "such as https://mcp.example.com/mcp"


@dataclass(frozen=True, slots=True)
class Access:
    """A bearer token, and the variable that it came from; no token: nobody says who asks."""

    token: str = field(default="", repr=False)
    variable: str = ""

    def __post_init__(self) -> None:
        """Raises UsageError, which repeats nothing of it, for what cannot be a bearer token."""
        if self.variable and not _TOKEN.fullmatch(self.token):
            raise UsageError(
                f"{self.variable} holds no bearer token: letters, digits and -._~+/ on one line",
                hint="leave the word Bearer out",
            )

    def hide(self, text: str) -> str:
        """The text without the token."""
        return text.replace(self.token, "…") if self.token else text

    def is_in(self, text: str) -> bool:
        """Whether a text repeats the token, as far as that can be told."""
        return len(self.token) >= _TELLING and self.token in text


def read_address(text: str) -> httpx.URL:
    """The URL that is asked. Raises UsageError, which repeats nothing of it, for one that nobody can be asked at, or
    that would not keep a secret."""
    try:
        url = httpx.URL(text).copy_with(fragment=None)
        url.raw_host.decode("ascii").encode("idna")
    except (httpx.InvalidURL, ValueError):
        raise UsageError("--url is no URL", hint=_EXAMPLE) from None
    if url.scheme not in ("https", "http") or not url.host or (url.port or 1) > 0xFFFF:
        raise UsageError("--url must begin with https:// and a host", hint=_EXAMPLE)
    if url.userinfo:
        raise UsageError("the URL holds a user or password", hint="--token-env NAME sends a variable's value as token")
    if url.scheme == "http" and not is_loopback(url):
        raise UsageError(
            "http:// is for servers on this machine: localhost, 127.0.0.1 or [::1]", hint="ask it over https://"
        )
    return url


def is_loopback(url: httpx.URL) -> bool:
    """Whether the host is this machine by its name."""
    try:
        return url.host == "localhost" or ip_address(url.host).is_loopback
    except ValueError:
        return False


def shown(url: httpx.URL) -> str:
    """The address for people and files: without query, user and fragment, and without the parts of the path that are
    long enough to be a key, as with some hosts they are."""
    path = url.raw_path.partition(b"?")[0].decode("ascii")
    parts = ("…" if len(part) >= _KEY_LENGTH else part for part in path.split("/"))
    return f"{url.scheme}://{url.netloc.decode('ascii')}{'/'.join(parts)}"
