"""The Protobuf runtime: its name for witnesses, and its errors in words."""

from __future__ import annotations

from functools import cache


@cache
def runtime() -> str:
    """The runtime that decodes payloads, as witnesses name it: `protobuf 7.36.2 (upb)`."""
    import google.protobuf
    from google.protobuf.internal import api_implementation

    return f"protobuf {google.protobuf.__version__} ({api_implementation.Type()})"


def parse_error(error: Exception) -> str:
    """The innermost words of a ProtoJSON error, without the list of fields that the runtime adds."""
    text = str(error).split("\n", maxsplit=1)[0]
    while text.startswith("Failed to parse ") and ": " in text:
        text = text.split(": ", 1)[1]
    return text.rstrip(".")
