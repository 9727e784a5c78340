"""Project a schema into what a target can say, keyword by keyword, with every step in the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmreg.llm.export import compounds, scalars
from llmreg.llm.export.context import Context, Projected
from llmreg.llm.export.exclusive import exclusive, separated
from llmreg.llm.export.merge import merge
from llmreg.llm.export.mixing import Mixing
from llmreg.llm.export.steps import Effect
from llmreg.llm.export.targets import Target
from llmreg.llm.profiles.across import returns
from llmreg.llm.profiles.view import ANNOTATIONS, DEFINITIONS, Node, View
from llmreg.model.pointer import join

_TYPES = ("object", "array", "string", "number", "boolean", "null")
_WORDS_OF = {
    "object": "properties required additionalProperties patternProperties propertyNames minProperties maxProperties",
    "array": "items prefixItems additionalItems minItems maxItems uniqueItems contains",
    "string": "minLength maxLength pattern format",
    "number": "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf",
}
_UNSAID = ("not", "if", "unevaluatedItems", "dependentSchemas", "$dynamicRef", "$recursiveRef")
_MAX_MERGES = 64
_MAX_BRANCHES = 256
_MAX_NESTING = 80


class Projector:
    """One projection. `definitions` are those of the result, by name; False is one that nothing satisfies."""

    def __init__(self, document: Any, target: Target, optional: str | None) -> None:
        self.view = View(document)
        self.context = Context(target, optional, self.node, self._holds)
        self.definitions: dict[str, Projected] = {}
        self._names: dict[str, str] = {}
        self._inlined: list[str] = []
        self._recursive: dict[str, bool] = {}
        self._followed: list[str] = []
        self._depth = 0

    def node(self, schema: Any, pointer: str) -> Projected:
        """A subschema of the target, or False. Raises LimitError."""
        self.context.spend()
        if isinstance(schema, bool) or not isinstance(schema, dict):
            return self.context.anything(pointer) if schema is not False else False
        self._followed = []
        flat = self._flat(schema, pointer)
        followed = [target for target in self._followed if self._recursive.get(target)]
        if self._depth > _MAX_NESTING or not set(followed).isdisjoint(self._inlined):
            self.context.tell("recursion", pointer, Effect.NARROWS, "recursion cannot be said: it ends here")
            return False
        self._inlined += followed
        self._depth += 1
        try:
            return self._flattened(flat, pointer)
        finally:
            self._depth -= 1
            del self._inlined[len(self._inlined) - len(followed) :]

    def _flattened(self, flat: dict[str, Any] | bool, pointer: str) -> Projected:
        if flat is False or flat is True:
            return flat if flat is False else self.context.anything(pointer)
        kept = self._annotations(flat, pointer)
        if "$ref" in flat:
            return self._reference(flat, pointer, kept)
        found = self._assertions(flat, pointer)
        return {**kept, **found} if isinstance(found, dict) else found

    def _assertions(self, flat: dict[str, Any], pointer: str) -> Projected:
        flat = _without_absent(flat)
        for keyword in _UNSAID:
            if keyword in flat and flat[keyword] not in (True, {}):
                self.context.tell(keyword, join(pointer, keyword), Effect.WIDENS, f"`{keyword}` is not enforced")
        for keyword in ("anyOf", "oneOf"):
            if isinstance(flat.get(keyword), list):
                return self._union(flat, keyword, pointer)
        if "const" in flat:
            return scalars.literals(self.context, flat, [flat["const"]], pointer)
        if isinstance(flat.get("enum"), list):
            return scalars.literals(self.context, flat, flat["enum"], pointer)
        return self._typed(flat, pointer)

    def _typed(self, flat: Mapping[str, Any], pointer: str) -> Projected:
        said = flat.get("type")
        names = [said] if isinstance(said, str) else list(said or ())
        if not names:
            names = [name for name, words in _WORDS_OF.items() if not set(words.split()).isdisjoint(flat)]
            if not names:
                return self.context.anything(pointer)
            why = f"no type is said: only values of type {' or '.join(names)} can be written"
            self.context.tell("type_missing", pointer, Effect.NARROWS, why)
        branches = [found for name in names if isinstance(found := self._of_type(name, flat, pointer), dict)]
        return self.context.union(branches)

    def _of_type(self, name: str, flat: Mapping[str, Any], pointer: str) -> Projected:
        if name == "object":
            return compounds.obj(self.context, flat, pointer)
        if name == "array":
            return compounds.array(self.context, flat, pointer)
        if name == "string":
            return scalars.text(self.context, flat, pointer)
        if name in ("number", "integer"):
            return scalars.number(self.context, flat, pointer, integer=name == "integer")
        return {"type": name}

    def _union(self, flat: dict[str, Any], keyword: str, pointer: str) -> Projected:
        """A union whose siblings are written into every branch."""
        rest = {key: value for key, value in flat.items() if key != keyword and key not in ANNOTATIONS}
        branches: list[Any] = []
        for index, branch in enumerate(flat[keyword][:_MAX_BRANCHES]):
            place = join(pointer, keyword, index)
            branches.append((self._with(rest, branch, place) if rest else branch, place))
        if keyword == "oneOf" and not self._apart([branch for branch, _ in branches]):
            branches = self._separated(branches, join(pointer, keyword))
        elif keyword == "anyOf":
            self._mixed(flat["anyOf"], branches, join(pointer, keyword))
        found = [self.node(branch, place) for branch, place in branches]
        return self.context.union([item for item in found if isinstance(item, dict)])

    def _mixed(self, own: list[Any], branches: list[tuple[Any, str]], pointer: str) -> None:
        """Tell of documents that hold properties of several branches. `own`: the branches as written."""
        told = dict(self.context.steps)  # each branch has its own steps where it is projected
        opened = [self._outlined(branch) for branch in branches]
        for place, written in enumerate(own[: len(opened)]):
            if isinstance(said := self._opened(written), dict) and "unevaluatedProperties" in said:
                opened[place] = False
        self.context.steps = told
        why = Mixing(self._opened).told(opened)
        if why is not None:
            self.context.tell("branches_closed", pointer, Effect.NARROWS, why, asked=True)

    def _outlined(self, branch: tuple[Any, str]) -> dict[str, Any] | bool:
        """What a branch says, its siblings' `unevaluatedProperties` left out: that closes all branches as one."""
        opened = self._opened(branch[0])
        flat = self._flat(opened, branch[1]) if isinstance(opened, dict) else opened is not False
        if isinstance(flat, bool):
            return flat
        return {key: item for key, item in flat.items() if key != "unevaluatedProperties"}

    def _separated(self, branches: list[tuple[Any, str]], pointer: str) -> list[tuple[Any, str]]:
        """Overlapping branches of `oneOf`, made to exclude each other where that is plain."""
        found = separated([self._opened(branch) for branch, _ in branches])
        if found is None or not self._apart(found[0]):
            why = "the branches of `oneOf` may overlap, which `anyOf` allows"
            self.context.tell("one_of", pointer, Effect.WIDENS, why)
            return branches
        effect = Effect.SAME if found[1] else Effect.NARROWS
        why = "each branch goes without what another one requires, so that they exclude each other"
        self.context.tell("one_of_separated", pointer, effect, why)
        return [(branch, place) for branch, (_, place) in zip(found[0], branches, strict=True)]

    def _with(self, rest: dict[str, Any], branch: Any, place: str) -> Any:
        opened = self._opened(branch)
        if isinstance(opened, bool):
            return rest if opened else False
        return merge(rest, opened, lambda word, why: self.context.tell(word, place, Effect.WIDENS, why))

    def _apart(self, branches: list[Any]) -> bool:
        opened = [self._opened(branch) for branch in branches]
        return all(exclusive(one, other) for index, one in enumerate(opened) for other in opened[index + 1 :])

    def _opened(self, schema: Any) -> Any:
        """The schema that a chain of references leads to; annotations on the way are kept."""
        for _ in range(_MAX_MERGES):
            if not isinstance(schema, dict) or "$ref" not in schema:
                return schema
            target = self.view.target(schema["$ref"])
            if target is None:
                return {key: value for key, value in schema.items() if key != "$ref"}
            self._is_recursive(target)
            self._followed.append(target.pointer)
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            if isinstance(target.value, bool):
                return target.value and beside
            schema = {**target.value, **beside} if set(beside) <= ANNOTATIONS else {"allOf": [target.value, beside]}
        return True

    def _flat(self, schema: dict[str, Any], pointer: str) -> dict[str, Any] | bool:
        """The schema without `allOf` and without assertions beside a reference."""
        current: Any = {key: value for key, value in schema.items() if key not in DEFINITIONS}
        for _ in range(_MAX_MERGES):
            parts = current.pop("allOf", None)
            if parts is None and "$ref" in current and set(current) - {"$ref"} - ANNOTATIONS:
                parts = [{"$ref": current.pop("$ref")}]
            if parts is None:
                return dict(current)
            if len(parts) == 1 and set(current) <= ANNOTATIONS and isinstance(parts[0], dict):
                current = {**parts[0], **current}
                continue
            for part in parts:
                current = self._with(current, part, pointer)
                if isinstance(current, bool):
                    return current
            current = dict(current)
        self.context.tell("recursion", pointer, Effect.NARROWS, "the combination leads back into itself")
        return False

    def _annotations(self, flat: Mapping[str, Any], pointer: str) -> dict[str, Any]:
        kept = {key: flat[key] for key in flat if key in self.context.target.keeps and isinstance(flat[key], str)}
        for key in flat:
            if key in ANNOTATIONS and key not in kept and not key.startswith("$") and key != "id":
                self.context.tell("annotation", join(pointer, key), Effect.ANNOTATION, f"`{key}` is left out")
        return kept

    def _reference(self, flat: Mapping[str, Any], pointer: str, kept: dict[str, Any]) -> Projected:
        target = self.view.target(flat["$ref"])
        if target is None:
            self.context.tell("reference", pointer, Effect.WIDENS, "the reference leads nowhere: nothing is enforced")
            found = self.context.anything(pointer)
            return {**kept, **found} if isinstance(found, dict) else found
        again = self._is_recursive(target)
        if self.context.target.refs and (not kept or again) and (not again or self._may_recur(target)):
            if kept:
                why = "nothing may stand beside a recursive reference"
                self.context.tell("annotation", pointer, Effect.ANNOTATION, why)
            return self._defined(target)
        if target.pointer in self._inlined:
            self.context.tell("recursion", pointer, Effect.NARROWS, "recursion cannot be said: it ends here")
            return False
        self._inlined.append(target.pointer)
        try:
            found = self.node(target.value, target.pointer)
        finally:
            self._inlined.pop()
        return {**found, **kept} if isinstance(found, dict) else found

    def _defined(self, target: Node) -> Projected:
        if target.pointer not in self._names:
            wanted = target.pointer.rpartition("/")[2] or "root"
            name = "".join(char if char.isascii() and (char.isalnum() or char in "_-") else "_" for char in wanted)
            while name in self.definitions:
                name += "_"
            self._names[target.pointer] = name
            self.definitions[name] = {}
            self.definitions[name] = self.node(target.value, target.pointer)
        name = self._names[target.pointer]
        return False if self.definitions[name] is False else {"$ref": f"#/$defs/{name}"}

    def _is_recursive(self, target: Node) -> bool:
        if target.pointer not in self._recursive:
            self._recursive[target.pointer] = returns(self.view, target)
        return self._recursive[target.pointer]

    def _may_recur(self, target: Node) -> bool:
        allowed = self.context.target.recursion
        return allowed == "any" or (allowed == "optional" and not returns(self.view, target, skip_optional=True))

    def _holds(self, schema: Mapping[str, Any], value: Any) -> bool:
        """Whether a value fits keywords that stand in this document; without any, it does."""
        asked = {key: item for key, item in schema.items() if key not in ANNOTATIONS}
        if not asked:
            return True
        said = asked.pop("type", None)
        if said is not None:
            names = [said] if isinstance(said, str) else said
            kind = scalars.json_type(value)
            if kind not in names and not (kind == "integer" and "number" in names):
                return False
        return not asked or self._judged(asked, value)

    def _judged(self, asked: Mapping[str, Any], value: Any) -> bool:
        from llmreg.formats import catalogue
        from llmreg.formats.interface import Source
        from llmreg.model.jsontext import dumps

        root = self.view.document if isinstance(self.view.document, dict) else {}
        around = {key: root[key] for key in (*DEFINITIONS, "$schema") if key in root}
        schema_format = catalogue.get("json")
        schema = schema_format.parse(Source(dumps({**around, **asked}).encode(), strict=False))
        return schema_format.validator(schema).is_valid(value)


def _without_absent(flat: dict[str, Any]) -> dict[str, Any]:
    """`not: {required: [name]}` of an object says that a property is absent: it is declared as impossible instead."""
    refused = flat.get("not")
    if not isinstance(refused, dict) or set(refused) != {"required"} or len(refused["required"]) != 1:
        return flat
    rest = {key: value for key, value in flat.items() if key != "not"}
    return {**rest, "properties": {**(flat.get("properties") or {}), refused["required"][0]: False}}
