"""Proto source as tokens: what can be said of a file without a compiler (imports, canonical text, nesting)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from llmreg.errors import DocumentError, LimitError, SchemaError
from llmreg.model.jsontext import MAX_SCHEMA_BYTES, decode
from llmreg.model.problem import Problem
from llmreg.model.record import dataclass

# protoc refuses messages nested deeper than 32; option values (text format) have no limit of its own and overflow its
# stack (measured: 20,000 levels end the process), so the limit is ours and comes first.
MAX_NESTING = 100
_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<word>[^\s"'/{}\[\]()<>;,=:]+)
    |(?P<mark>\S)""",
    re.VERBOSE | re.DOTALL,
)
_IMPORT = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<word>(?<![^\s"'/{}\[\]()<>;,=:])import(?![^\s"'/{}\[\]()<>;,=:]))""",
    re.VERBOSE | re.DOTALL,
)
_PERHAPS_IMPORT = re.compile(r"""import\s*["'/a-z]""")
_MAX_IMPORT_PARTS = 7
_OPENING, _CLOSING = frozenset("{[(<"), frozenset("}])>")
_NO_CODE = re.compile(r"""//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""", re.DOTALL)
_NO_BRACKET = re.compile(r"[^{}\[\]()<>]+")
_ROUND = str.maketrans("{}[]<>", "()()()")
_SNIFF = re.compile(
    r"""^\s*(?:syntax\s*=\s*["']proto[23]["']|edition\s*=\s*["']20\d\d["']"""
    r"""|(?:message|enum|service)\s+\w+\s*\{|package\s+[\w.]+\s*;|import\s+["'][^"']+["']\s*;)""",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is `comment`, `string`, `word` or `mark`; `line` and `column` count from 1."""

    kind: str
    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Import:
    """One import statement: the path as written, and where."""

    path: str
    line: int
    column: int


def read_text(data: bytes, name: str) -> str:
    """The text of a file within the limits of size and nesting. Raises LimitError or SchemaError."""
    if len(data) > MAX_SCHEMA_BYTES:
        raise LimitError(f"{name}: {len(data)} bytes is more than the limit of {MAX_SCHEMA_BYTES}")
    try:
        text = decode(data)
    except DocumentError as error:
        raise SchemaError(f"{name}: {error}", problems=error.problems) from None
    nul = text.find("\0")
    if nul >= 0:
        line = text.count("\n", 0, nul) + 1
        problem = Problem(code="nul-byte", message="a NUL byte is no text", line=line)
        raise SchemaError(f"{name}: line {line}: a NUL byte is no text", problems=[problem])
    _refuse_nesting(text, name)
    return text


def tokens(text: str) -> Iterator[Token]:
    """Every token of a file in order; text that is no token of the language still comes as marks."""
    line, start, seen = 1, 0, 0
    for match in _TOKEN.finditer(text):
        at = match.start()
        breaks = text.count("\n", seen, at)
        if breaks:
            line += breaks
            start = text.rfind("\n", 0, at) + 1
        seen = at
        yield Token(match.lastgroup or "", match.group(), line, at - start + 1)


def imports(text: str) -> list[Import]:
    """The import statements outside comments and strings, in order.

    Only comments, strings and the word itself are looked at, and no further than it occurs: of a tree of files most
    are read for their imports alone."""
    found: list[Import] = []
    before, seen = ";", 0
    last = max((match.end() for match in _PERHAPS_IMPORT.finditer(text)), default=0)
    end = text.find("\n", last)  # a string ends with its line
    for match in _IMPORT.finditer(text, 0, len(text) if end < 0 else end):
        between = text[seen : match.start()].strip()
        before = between[-1] if between else before
        seen = match.end()
        if match.lastgroup == "string":
            before = '"'
        elif match.lastgroup == "word":
            if before in ";}":
                found += _import_at(text, match.end())
            before = "t"
    return found


def _import_at(text: str, start: int) -> list[Import]:
    """The import whose keyword ends at `start`; none when no path follows."""
    parts = []
    for match in _TOKEN.finditer(text, start):
        if match.lastgroup != "comment":
            parts.append(match)
        if len(parts) > _MAX_IMPORT_PARTS or match.group() == ";":
            break
    if parts and parts[0].group() in ("public", "weak", "option"):
        parts = parts[1:]
    strings = list(takewhile(lambda part: part.lastgroup == "string", parts))
    path = "".join(part.group()[1:-1] for part in strings)  # adjacent string literals are one string
    if not path:
        return []
    at = strings[0].start()
    return [Import(path, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))]


def canonical(text: str) -> bytes:
    """The file with every run of white space as one: two files are equal here only if they differ in nothing else.

    Comments keep their words; indentation and the breaks around their lines are white space."""
    pieces = []
    for token in tokens(text):
        if token.kind == "comment":
            lines = (" ".join(line.split()) for line in token.text.splitlines())
            pieces.append("\n".join(line for line in lines if line))
            pieces.append("\n")
        else:
            pieces.append(token.text + " ")
    return "".join(pieces).encode()


def looks_like_proto(data: bytes) -> float:
    """How sure the content is of this format, 0 to 1."""
    text = data[:20_000].decode("utf-8", "replace")
    bare = re.sub(r"//[^\n]*|/\*.*?(?:\*/|\Z)", " ", text, flags=re.DOTALL)
    if bare.lstrip()[:1] in ("{", "[", '"'):
        return 0.0
    hits = len(_SNIFF.findall(bare))
    return 0.0 if hits == 0 else min(0.99, 0.6 + 0.15 * hits)


def _refuse_nesting(text: str, name: str) -> None:
    if sum(text.count(mark) for mark in _OPENING) <= MAX_NESTING or _surely_shallow(text):
        return
    depth = 0
    for token in tokens(text):
        if token.kind != "mark":
            continue
        if token.text in _OPENING:
            depth += 1
            if depth > MAX_NESTING:
                raise LimitError(f"{name}: nested deeper than {MAX_NESTING} levels (line {token.line})")
        elif token.text in _CLOSING:
            depth = max(0, depth - 1)


def _surely_shallow(text: str) -> bool:
    """Whether taking out the innermost pairs of brackets, again and again, ends in time: of a file of usual depth this
    tells the same as a look at every token, in a fraction of the time."""
    brackets = _NO_BRACKET.sub("", _NO_CODE.sub(" ", text)).translate(_ROUND)
    for depth in range(MAX_NESTING):
        inner = brackets.replace("()", "")
        if inner == brackets:
            return depth + inner.count("(") <= MAX_NESTING
        brackets = inner
    return False
