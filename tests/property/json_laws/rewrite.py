"""Rewrites of JSON Schemas that change no document: other spellings, and another order."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from llmreg.formats.json.dialects import REF_IS_ALONE, vocabulary


class Rewriter:
    """Rewrites of a document that change no document, by what they may be told as: nothing, or another order."""

    def __init__(self, source: random.Random, draft: str) -> None:
        self.random = source
        self.draft = draft
        self.known = vocabulary(draft)

    def through(self, document: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
        """The document with `change` applied to every schema object, the inner ones first; data is left alone."""
        return self._through(document, change)

    def _through(self, schema: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
        if not isinstance(schema, dict):
            return schema
        return change({name: self._inside(name, value, change) for name, value in schema.items()})

    def _inside(self, name: str, value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
        row = self.known.get("definitions" if name == "$defs" else name)
        shape = row.shape if row else ""
        if shape in ("schema", "schema-or-list") and not isinstance(value, list):
            return self._through(value, change)
        if shape in ("schema-list", "schema-or-list") and isinstance(value, list):
            return [self._through(item, change) for item in value]
        if shape in ("schema-map", "dependencies") and isinstance(value, dict):
            return {key: item if isinstance(item, list) else self._through(item, change) for key, item in value.items()}
        return value

    def reordered_keys(self, document: Any) -> Any:
        """Keywords in another order; properties, enums and branches stay as they are."""

        def shuffled(schema: dict[str, Any]) -> dict[str, Any]:
            keys = list(schema)
            self.random.shuffle(keys)
            return {key: schema[key] for key in keys}

        return self.through(document, shuffled)

    def dialect(self, document: Any) -> Any:
        """`$schema` with the other scheme, or the other end."""
        uri = document["$schema"]
        uri = uri.rstrip("#") if self.random.random() < 0.5 else uri.rstrip("#") + "#"
        scheme = self.random.choice(("http", "https"))
        return {**document, "$schema": f"{scheme}:{uri.partition(':')[2]}"}

    def wrapped(self, document: Any) -> Any:
        """`$ref` as `allOf: [{$ref}]`, some of them."""

        def wrap(schema: dict[str, Any]) -> dict[str, Any]:
            alone = self.draft not in REF_IS_ALONE or len(schema) == 1
            if "$ref" not in schema or "allOf" in schema or not alone or self.random.random() < 0.5:
                return schema
            return {
                "allOf" if name == "$ref" else name: [{"$ref": value}] if name == "$ref" else value
                for name, value in schema.items()
            }

        return self.through(document, wrap)

    def renamed_container(self, document: Any) -> Any:
        """`definitions` as `$defs`, or back."""
        old, new = ("definitions", "$defs") if "definitions" in document else ("$defs", "definitions")

        def rename(schema: dict[str, Any]) -> dict[str, Any]:
            if "$ref" in schema:
                schema = {**schema, "$ref": schema["$ref"].replace(f"#/{old}/", f"#/{new}/")}
            return schema

        renamed = self.through(document, rename)
        return {new if name == old else name: value for name, value in renamed.items()}

    def renamed_definitions(self, document: Any, suffix: str = "New") -> Any:
        """Every definition under another name."""
        container = "definitions" if "definitions" in document else "$defs"

        def rename(schema: dict[str, Any]) -> dict[str, Any]:
            return {**schema, "$ref": schema["$ref"] + suffix} if "$ref" in schema else schema

        renamed = self.through(document, rename)
        if container in renamed:
            renamed[container] = {f"{name}{suffix}": value for name, value in renamed[container].items()}
        return renamed

    def moved(self, document: dict[str, Any], suffix: str) -> Any:
        """The document with its definitions in `definitions`, each name with the suffix."""
        if "$defs" in document:
            document = self.renamed_container(document)
        return self.renamed_definitions(document, suffix)

    def inlined(self, document: Any, share: float = 0.7) -> Any:
        """References that stand alone, a share of them written out; only for documents without recursion."""
        container = "definitions" if "definitions" in document else "$defs"
        targets = document.get(container, {})

        def inline(schema: dict[str, Any]) -> dict[str, Any]:
            if "$ref" not in schema or len(schema) > 1 or self.random.random() >= share:
                return schema
            target = targets[schema["$ref"].rpartition("/")[2]]
            if isinstance(target, bool):
                return schema
            again: dict[str, Any] = self.through(target, inline)
            return again

        return self.through(document, inline)

    def constants(self, document: Any) -> Any:
        """`const` as an `enum` of one value, or back."""

        def swap(schema: dict[str, Any]) -> dict[str, Any]:
            if "const" not in self.known or {"const", "enum"} <= schema.keys():
                return schema
            made: dict[str, Any] = {}
            for name, value in schema.items():
                if name == "const" and self.random.random() < 0.7:
                    made["enum"] = [value]
                elif name == "enum" and len(value) == 1 and self.random.random() < 0.7:
                    made["const"] = value[0]
                else:
                    made[name] = value
            return made

        return self.through(document, swap)

    def reordered(self, document: Any) -> Any:
        """Properties, enums, unions and `required` in another order."""

        def shuffle(schema: dict[str, Any]) -> dict[str, Any]:
            made = dict(schema)
            for name in ("properties", "enum", "anyOf", "oneOf", "allOf", "required"):
                if name in made:
                    members = list(made[name].items() if isinstance(made[name], dict) else made[name])
                    self.random.shuffle(members)
                    made[name] = dict(members) if isinstance(made[name], dict) else members
            return made

        return self.through(document, shuffle)
