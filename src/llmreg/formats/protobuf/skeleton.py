"""A small valid proto file to start from."""

from __future__ import annotations

import re

_TEMPLATE = """syntax = "proto3";

package {package};

// What one {kind} document of this subject holds.
message {message} {{
  // Identifies the document.
  string id = 1;
}}
"""
# A package part may be no keyword that starts a statement, and needs a letter in front.
_NO_NAME = re.compile(r"[^A-Za-z0-9]+")


def skeleton(name: str, kind: str) -> bytes:
    """A file with one message; `chat-reply` becomes package `chat_reply` and message `ChatReply`."""
    words = [word for word in _NO_NAME.split(name) if word] or ["document"]
    if words[0][0].isdigit():
        words[0] = "v" + words[0]
    package = "_".join(words).lower()
    message = "".join(word[:1].upper() + word[1:] for word in words)
    return _TEMPLATE.format(package=package, message=message, kind=kind).encode()
