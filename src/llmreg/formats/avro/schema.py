"""A parsed Avro schema: its text, its graph of types, its digests; immutable once built."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from functools import cached_property
from typing import Any

from llmreg.formats.avro import canonical
from llmreg.formats.avro.types import Enum, Field, Named, Record, Type
from llmreg.formats.interface import Reference, Symbol
from llmreg.model import jsontext
from llmreg.model.pointer import join
from llmreg.model.problem import Problem


@dataclass(eq=False)  # as nothing changes it, freezing it would only cost time
class AvroSchema:
    """`value` is the text's JSON value, `names` every named type that it defines or its references bring, `home` the
    mark of the nodes that stand in this very text, `imports` the schemas that it refers to."""

    data: bytes
    value: Any
    root: Type
    names: Mapping[str, Named]
    home: object
    imports: tuple[AvroSchema, ...] = ()
    references: tuple[Reference, ...] = ()
    warnings: tuple[Problem, ...] = ()
    format: str = attribute(default="avro", init=False)

    def canonical(self) -> bytes:
        """The text without white space: order, documentation and unknown attributes are content."""
        return jsontext.dumps(self.value).encode()

    @cached_property
    def nesting(self) -> int:
        """How deep the brackets nest, at most, with all references written out."""
        return _nesting(self.value) + max((each.nesting for each in self.imports), default=0)

    @cached_property
    def meaning(self) -> str:
        """The normal form behind the digest `meaning`."""
        return canonical.meaning(self.root)

    @cached_property
    def parsing_form(self) -> str:
        """Parsing Canonical Form, references written out: it identifies the wire shape."""
        return canonical.parsing_form(self.root)

    @cached_property
    def _digests(self) -> Mapping[str, str]:
        form = self.parsing_form.encode()
        seen = b"\0".join([self.canonical(), *(each.digests()["prompt"].encode() for each in self.imports)])
        return {
            "prompt": hashlib.sha256(seen).hexdigest(),
            "meaning": hashlib.sha256(self.meaning.encode()).hexdigest(),
            "pcf": hashlib.sha256(form).hexdigest(),
            "rabin": canonical.rabin(form),
        }

    def digests(self) -> Mapping[str, str]:
        """`prompt` (the text and its references), `meaning`, `pcf` (SHA-256 of Parsing Canonical Form) and `rabin`
        (CRC-64-AVRO of it, in the byte order of single-object encoding)."""
        return self._digests

    def outline(self) -> Iterator[Symbol]:
        """Types, fields and symbols of this text, in document order."""
        seen: set[Type] = set()
        stack: list[Type | Field] = [self.root]
        while stack:
            item = stack.pop()
            if isinstance(item, Field):
                yield Symbol("field", item.name, item.pointer, item.doc)
                stack.append(item.type)
            elif item not in seen and item.home is self.home:
                seen.add(item)
                yield from _own_symbols(item)
                stack.extend(reversed(item.fields if isinstance(item, Record) else tuple(item.parts())))


def _own_symbols(type_: Type) -> Iterator[Symbol]:
    if isinstance(type_, Named):
        yield Symbol("type", type_.name, type_.pointer, type_.doc)
    if isinstance(type_, Enum):
        for index, symbol in enumerate(type_.symbols):
            yield Symbol("symbol", symbol, join(type_.pointer, "symbols", index))


def _nesting(value: Any) -> int:
    deepest = 0
    stack = [(value, 1)]
    while stack:
        item, depth = stack.pop()
        deepest = max(deepest, depth)
        if isinstance(item, (dict, list)):
            stack.extend((part, depth + 1) for part in (item.values() if isinstance(item, dict) else item))
    return deepest
