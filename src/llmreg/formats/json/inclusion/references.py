"""Resolves `$ref` and its kin inside one side: its document and the documents pinned for it. No network."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from llmreg.formats.json.dialects import LEGACY
from llmreg.formats.json.inclusion.answers import JsonValue, Side
from llmreg.formats.json.inclusion.places import Place, children, descend, normal_pointer
from llmreg.formats.json.inclusion.uris import resolve, split_fragment

_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
_APART: Final = ("/$defs/", "/definitions/")


class _Index:
    """Identifiers, anchors and references of one document."""

    def __init__(self, uri: str, document: JsonValue, draft: str) -> None:
        self.uri = uri
        self.document = document
        self.draft = draft
        # Pointer of each schema resource inside the document, and its URI.
        self.roots: dict[str, str] = {"": uri}
        self.anchors: dict[tuple[str, str], str] = {}
        self.dynamic: dict[tuple[str, str], str] = {}
        self.recursive: set[str] = set()
        # Pointer of the schema, its base, the keyword, the reference.
        self._references: list[tuple[str, str, str, str]] = []
        self._scanned: set[str] = set()
        self._scan(document, "", uri, named=True)

    def _scan(self, document: JsonValue, pointer: str, base: str, *, named: bool) -> None:
        stack = [(document, pointer, base)]
        while stack:
            value, pointer, base = stack.pop()
            if isinstance(value, dict) and pointer not in self._scanned:
                self._scanned.add(pointer)
                if named:
                    base = self._identify(value, pointer, base)
                for keyword in _REFERENCES:
                    reference = value.get(keyword)
                    if isinstance(reference, str):
                        self._references.append((pointer, base, keyword, reference))
                stack += children(value, pointer, base)
        self._references.sort()

    def inside(self, pointer: str) -> list[tuple[str, str, str]]:
        """Base, keyword and text of the references in a schema, but for those in its definitions."""
        out: list[tuple[str, str, str]] = []
        found, size = self._references, len(pointer)
        for index in range(bisect_left(found, (pointer,)), len(found)):
            at, base, keyword, reference = found[index]
            if not at.startswith(pointer):
                break
            below = at[size:]
            if not below or (below.startswith("/") and not below.startswith(_APART)):
                out.append((base, keyword, reference))
        return out

    def _identify(self, value: dict[str, JsonValue], pointer: str, base: str) -> str:
        legacy = self.draft in LEGACY
        identifier = value.get("id" if self.draft == "draft4" else "$id")
        if isinstance(identifier, str) and not (legacy and "$ref" in value):
            before, fragment = split_fragment(identifier)
            if before:
                base = resolve(base, before)
                self.roots[pointer] = base
            if legacy and fragment:
                self.anchors[base, fragment] = pointer
        if not legacy:
            self._anchor(value, pointer, base)
        return base

    def _anchor(self, value: dict[str, JsonValue], pointer: str, base: str) -> None:
        anchor, dynamic = value.get("$anchor"), value.get("$dynamicAnchor")
        if isinstance(anchor, str):
            self.anchors[base, anchor] = pointer
        if self.draft == "2020-12" and isinstance(dynamic, str):
            self.anchors[base, dynamic] = self.dynamic[base, dynamic] = pointer
        if self.draft == "2019-09" and value.get("$recursiveAnchor") is True:
            self.recursive.add(base)

    def base_at(self, pointer: str) -> str:
        while pointer and pointer not in self.roots:
            pointer = pointer[: pointer.rfind("/")]
        return self.roots[pointer]

    def place(self, pointer: str) -> Place | None:
        try:
            value = descend(self.document, pointer)
        except LookupError:
            return None
        base = self.base_at(pointer)
        if pointer not in self._scanned and isinstance(value, dict):
            # No keyword makes this place a schema, but the reference does. Names in it are not looked for.
            self._scan(value, pointer, base, named=False)
        return Place(self.uri, pointer, value, base, self.draft)


class References:
    """All documents of one side, indexed when first needed."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._loaded: dict[str, _Index] = {"": _Index("", side.document, side.draft)}
        # Every schema resource: URI → document and pointer.
        self._resources: dict[str, tuple[_Index, str]] = {}
        self._known: dict[tuple[str, str], Place] = {}
        self._register(self._loaded[""])

    def _register(self, index: _Index) -> None:
        for pointer, uri in index.roots.items():
            self._resources.setdefault(uri, (index, pointer))

    def root(self) -> Place:
        place = self._loaded[""].place("")
        assert place is not None  # the empty pointer always exists
        return place

    def add(self, uri: str, document: JsonValue, root: str) -> Place | None:
        """Take in a document of our own, in which `root` names the root document; None where a name is taken."""
        home, names = self._loaded[""], (root, resolve(uri, root))
        if uri in self._side.resources or uri in self._resources:
            return None
        if any(name in self._side.resources for name in names):
            return None
        if any(self._resources.setdefault(name, (home, "")) != (home, "") for name in names):
            return None
        index = self._loaded[uri] = _Index(uri, document, home.draft)
        self._register(index)
        return index.place("")

    def draft_at(self, uri: str) -> str:
        """The draft of a document that was read."""
        return self._loaded[uri].draft if uri in self._loaded else ""

    def base_of(self, place: Place) -> str:
        """The base URI inside a schema, its own identifier counted."""
        return self._loaded[place.uri].roots.get(place.pointer, place.base)

    def resolve(self, base: str, reference: str) -> Place | None:
        """The schema that a reference names; None if it is not in the table."""
        known = self._known.get((base, reference))
        if known is None:
            known = self._find(base, reference)
            if known is not None:
                self._known[base, reference] = known
        return known

    def below(self, place: Place) -> Iterator[Place]:
        """What a schema refers to, as far as that can be resolved."""
        for base, keyword, reference in self._loaded[place.uri].inside(place.pointer):
            target = self.named(base, keyword, reference)
            if target is not None:
                yield target

    def named(self, base: str, keyword: str, reference: str) -> Place | None:
        """What one of the three keywords names."""
        if keyword == "$ref":
            return self.resolve(base, reference)
        return self.resolve_recursive(base) if keyword == "$recursiveRef" else self.resolve_dynamic(base, reference)

    def _find(self, base: str, reference: str) -> Place | None:
        uri, fragment = resolve(base, reference), split_fragment(reference)[1]
        found = self._resource(uri)
        if found is None:
            return None
        index, root = found
        if not fragment:
            return index.place(root)
        if fragment.startswith("/"):
            return index.place(root + normal_pointer(fragment))
        pointer = index.anchors.get((index.roots[root], fragment))
        return None if pointer is None else index.place(pointer)

    def _resource(self, uri: str) -> tuple[_Index, str] | None:
        if uri not in self._resources and uri in self._side.resources:
            pinned = self._side.resources[uri]
            index = self._loaded[uri] = _Index(uri, pinned.document, pinned.draft)
            self._resources[uri] = (index, "")
            self._register(index)
        return self._resources.get(uri)

    def _load_all(self) -> None:
        for uri in self._side.resources:
            self._resource(uri)

    def resolve_dynamic(self, base: str, reference: str) -> Place | None:
        """`$dynamicRef`, where only one anchor can be meant; None where the caller's path would decide."""
        self._load_all()
        target = self.resolve(base, reference)
        name = split_fragment(reference)[1]
        if target is None:
            return None
        holders = [key for index in self._loaded.values() for key in index.dynamic if key[1] == name]
        is_dynamic = target.pointer in self._loaded[target.uri].dynamic.values()
        return target if not is_dynamic or len(holders) == 1 else None

    def resolve_recursive(self, base: str) -> Place | None:
        """`$recursiveRef`, likewise."""
        self._load_all()
        marked = [uri for index in self._loaded.values() for uri in index.recursive]
        if base in marked and len(marked) > 1:
            return None
        return self.resolve(base, "#")
