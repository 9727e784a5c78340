"""Follows every reference of a document: inside it, into pinned subjects, or nowhere; nothing is ever fetched.

`llmreg:chat/message@1.0.0#/…` names one version of another subject of the registry, resolved by `Source.resolve`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from llmreg.errors import LimitError, NotFoundError
from llmreg.formats.interface import Reference, Source
from llmreg.formats.json.dialects import REF_IS_ALONE, REFERENCE_KEYWORDS, effective, in_place_keywords, subschemas
from llmreg.formats.json.index import Index, Node, absolute
from llmreg.model.pointer import join
from llmreg.model.problem import Problem
from llmreg.model.record import dataclass, field
from llmreg.model.subject import name_problem
from llmreg.model.version import Version

if TYPE_CHECKING:
    from llmreg.formats.json.schema import JsonSchema

SCHEME: Final = "llmreg:"
MAX_PINNED: Final = 500
MAX_STEPS: Final = 10_000  # of 7,000 schemas in public use none came above 166
MAX_CHAIN: Final = 128
REMOTE: Final = "remote-reference"
UNPINNED: Final = "unpinned-reference"
UNRESOLVED: Final = "unresolved-reference"
CYCLE: Final = "reference-cycle"


class Link(NamedTuple):
    """One `$ref`: where it stands, and the subschema that it names (None: another subject's, or not resolved)."""

    node: Node
    keyword: str
    target: Node | None
    cost: int = 1

    @property
    def pointer(self) -> str:
        return join(self.node.pointer, self.keyword)


@dataclass(slots=True)
class Links:
    """What the references of one document lead to. `pinned` is by URI without fragment."""

    by_node: dict[str, list[Link]] = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)
    pinned: dict[str, JsonSchema] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    cost: int = 1


def follow(index: Index, source: Source) -> Links:
    """Resolve every reference of a document; problems carry the place of the reference."""
    links = Links()
    for node in index.referring:  # grows meanwhile: a reference may turn further places into subschemas
        for keyword, text in _references(node):
            target, cost = _Resolver(index, source, links, join(node.pointer, keyword)).resolve(node, text)
            links.by_node.setdefault(node.pointer, []).append(Link(node, keyword, target, cost))
    links.cost = _Unfolding(index, links).cost()
    if links.cost > MAX_STEPS:
        raise LimitError(
            f"{source.name}: references unfold to more than {MAX_STEPS} schemas for a single value",
            hint="the same definitions refer to each other again and again; refer once and share the definition",
        )
    return links


def _references(node: Node) -> Iterator[tuple[str, str]]:
    known = effective(node.draft)
    for keyword in REFERENCE_KEYWORDS:
        text = node.value.get(keyword)
        if isinstance(text, str) and keyword in known:
            yield keyword, text


@dataclass(frozen=True, slots=True)
class _Resolver:
    index: Index
    source: Source
    links: Links
    place: str

    def resolve(self, node: Node, text: str) -> tuple[Node | None, int]:
        """The subschema inside this document, if any, and how many schemas a pinned one unfolds to."""
        try:
            uri, _, fragment = absolute(node.base, text).partition("#")
        except ValueError:
            self._tell(UNRESOLVED, f"{text[:80]!r} is no URI reference")
            return None, 1
        target = self.index.find(uri, fragment)
        if target is not None:
            return target, 1
        if uri in self.index.resources:
            self._tell(UNRESOLVED, f"{text[:80]!r} names nothing in this document")
        elif uri.startswith(SCHEME):
            return None, self._pinned(uri, fragment)
        else:
            hint = "nothing is ever fetched: register it as a subject and pin it, as llmreg:subject@1.0.0"
            self._tell(REMOTE, f"{text[:80]!r} is not in this document", hint)
        return None, 1

    def _pinned(self, uri: str, fragment: str) -> int:
        subject, _, version = uri.removeprefix(SCHEME).partition("@")
        wrong = name_problem(subject)
        if wrong is not None:
            self._tell(UNRESOLVED, f"{uri[:80]!r} names no subject: {wrong}")
            return 1
        try:
            Version.parse(version)
        except ValueError:
            hint = f"pin one version: llmreg:{subject}@1.0.0"
            self._tell(UNPINNED, f"{uri[:80]!r} does not say which version of {subject} it means", hint)
            return 1
        self.links.references.setdefault(uri, Reference(subject, version, uri, self.place))
        schema = self._fetch(uri, subject, version)
        if schema is None:
            return 1
        if schema.index.find("", fragment) is None:
            self._tell(UNRESOLVED, f"{subject}@{version} has nothing at '#{fragment[:80]}'")
        return schema.cost

    def _fetch(self, uri: str, subject: str, version: str) -> JsonSchema | None:
        if uri in self.links.pinned:
            return self.links.pinned[uri]
        if self.source.resolve is None:
            self._tell(UNRESOLVED, f"no registry is at hand to look up {subject}@{version}")
            return None
        try:
            schema = self.source.resolve(subject, version)
        except NotFoundError as error:
            self._tell(UNRESOLVED, f"{subject}@{version}: {error.message}", error.hint)
            return None
        if schema.format != "json":
            self._tell(UNRESOLVED, f"{subject}@{version} is no JSON Schema but {schema.format}")
            return None
        self.links.pinned[uri] = schema  # type: ignore[assignment]  # its format says so
        return self.links.pinned[uri]

    def _tell(self, code: str, message: str, hint: str | None = None) -> None:
        self.links.problems.append(Problem(code=code, message=message, pointer=self.place, hint=hint))


class _Unfolding:
    """How many subschemas judge one value at most; a problem for every reference that leads back to itself."""

    def __init__(self, index: Index, links: Links) -> None:
        self.index = index
        self.links = links
        self.costs: dict[str, int] = {}
        self.open: list[str] = []

    def cost(self) -> int:
        """Most schemas neither refer nor branch: 1, and nothing to look for."""
        costs = (
            self._visit(pointer)
            for pointer, node in self.index.nodes.items()
            if pointer in self.links.by_node or branches(node)
        )
        return max(costs, default=1)

    def _visit(self, pointer: str) -> int:
        if pointer in self.costs:
            return self.costs[pointer]
        if len(self.open) >= MAX_CHAIN:
            raise LimitError(f"more than {MAX_CHAIN} references and branches lead from one to the next at {pointer}")
        self.open.append(pointer)
        total = 1 + sum(self._behind(link) for link in self.links.by_node.get(pointer, ()))
        for child in in_place(self.index.nodes[pointer]):
            if child in self.index.nodes:
                total += self._visit(child)
        self.open.pop()
        self.costs[pointer] = min(total, MAX_STEPS + 1)
        return self.costs[pointer]

    def _behind(self, link: Link) -> int:
        if link.target is None:
            return link.cost
        if link.target.pointer in self.open:
            message = f"{link.node.value[link.keyword]!r} leads back to itself without going into the value"
            self.links.problems.append(Problem(CYCLE, message, link.pointer))
            return 0
        return self._visit(link.target.pointer)


def branches(node: Node) -> bool:
    """Whether any subschema may judge the same value as this one."""
    return isinstance(node.value, dict) and not in_place_keywords(node.draft).isdisjoint(node.value)


def in_place(node: Node) -> Iterator[str]:
    """The subschemas that judge the same value as this one; a draft-7 `$ref` switches off all beside it."""
    if branches(node) and not (node.draft in REF_IS_ALONE and "$ref" in node.value):
        for keyword, path, _ in subschemas(node.value, node.draft):
            if keyword.in_place:
                yield join(node.pointer, *path)
