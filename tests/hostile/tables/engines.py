"""Schemas that are valid and made to take for ever, in all three formats: verdicts, validation, lint, code."""

from __future__ import annotations

from typing import Any

from tests.hostile.case import Case, Content, subject

_OK = (0, 1, 2)


def doubling(levels: int) -> dict[str, Any]:
    """2 ** levels ways from the root to the leaf."""
    definitions: dict[str, Any] = {f"l{levels}": {"type": "integer"}}
    for level in range(levels):
        inner = {"$ref": f"#/$defs/l{level + 1}"}
        definitions[f"l{level}"] = {"allOf": [inner, inner]}
    return {"$ref": "#/$defs/l0", "$defs": definitions}


def doubling_properties(levels: int) -> dict[str, Any]:
    definitions: dict[str, Any] = {f"l{levels}": {"type": "integer"}}
    for level in range(levels):
        inner = {"$ref": f"#/$defs/l{level + 1}"}
        definitions[f"l{level}"] = {"properties": {"a": inner, "b": inner}, "required": ["a", "b"]}
    return {"$ref": "#/$defs/l0", "$defs": definitions}


def chain(length: int) -> dict[str, Any]:
    links = {f"l{number}": {"$ref": f"#/$defs/l{number + 1}"} for number in range(length)}
    return {"$ref": "#/$defs/l0", "$defs": links | {f"l{length}": {"type": "string"}}}


def wide(word: str, count: int, least: int = 0) -> dict[str, Any]:
    return {word: [{"required": [f"a{number}", f"b{number + least}"]} for number in range(count)]}


_SCHEMAS: dict[str, tuple[Any, Any]] = {
    "references doubled 40 times": (doubling(40), 1),
    "properties doubled 40 times": (doubling_properties(40), {"a": 1}),
    "a chain of 10,000 references": (chain(10_000), "x"),
    "a chain of 120 references": (chain(120), "x"),
    "a reference to itself": ({"$ref": "#"}, 1),
    "references in a circle": (
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}}},
        1,
    ),
    "negation of itself": ({"not": {"$ref": "#"}}, 1),
    "catastrophic backtracking": ({"type": "string", "pattern": "^(a+)+$"}, "a" * 5000 + "!"),
    "backtracking under a look-ahead": ({"type": "string", "pattern": "^(?=(a+)+b)"}, "a" * 5000 + "!"),
    "backtracking with a back reference": ({"type": "string", "pattern": "^(a*)*\\1$"}, "a" * 5000 + "!"),
    "counts of counts": ({"type": "string", "pattern": "^((a{1000}){1000}){1000}$"}, "a" * 100),
    "a count of 10^9": ({"type": "string", "pattern": "^a{1000000000}$"}, "a"),
    "an exponential automaton": ({"type": "string", "pattern": "^(a|b)*a(a|b){60}$"}, "ab" * 50),
    "10,000 alternatives in a pattern": (
        {"type": "string", "pattern": "|".join(f"a{n}b*" for n in range(10_000))},
        "a",
    ),
    "5,000 open groups": ({"type": "string", "pattern": "(" * 5000 + ")" * 5000}, "a"),
    "a wide oneOf": (wide("oneOf", 400), {"a1": 1, "b1": 1}),
    "oneOf beside oneOf": ({"allOf": [wide("oneOf", 20), wide("oneOf", 20, 1), wide("oneOf", 20, 2)]}, {"a1": 1}),
    "anyOf to the tenth": ({"allOf": [wide("anyOf", 10, n) for n in range(10)]}, {}),
    "minLength of 10^18": ({"type": "string", "minLength": 10**18}, "a"),
    "minItems of 10^18": ({"type": "array", "minItems": 10**18}, []),
    "minProperties of 10^300": ({"type": "object", "minProperties": 10**300}, {}),
    "unique booleans": ({"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 3}, [True]),
    "a long unique array": ({"type": "array", "uniqueItems": True}, [{"a": number} for number in range(20_000)]),
    "an enum of 10,000": ({"enum": list(range(10_000))}, 1),
    "5,000 properties": ({"properties": {f"p{number}": {"type": "string"} for number in range(5_000)}}, {"p1": 1}),
    "a multiple of 1e-3999": ({"multipleOf": "@1e-3999@"}, 1),
    "bounds of 1e3999": ({"maximum": "@1e3999@", "multipleOf": "@1e-3999@"}, 1),
    "unevaluated under branches": (
        {"allOf": [wide("anyOf", 30)], "unevaluatedProperties": False, "properties": {"a1": True, "b1": True}},
        {"a1": 1, "b1": 2},
    ),
    "patternProperties against each other": (
        {"patternProperties": {f"^(a|b)*{c}(a|b){{20}}$": {"minLength": n} for n, c in enumerate("abababab", 1)}},
        {"aaa": ""},
    ),
    "a hundred dynamic anchors": (
        {"$defs": {str(n): {"$dynamicAnchor": "x", "properties": {"n": {"$dynamicRef": "#x"}}} for n in range(100)}},
        {"n": {}},
    ),
    "1,000 embedded resources": ({"$defs": {str(n): {"$id": f"https://x.example/{n}"} for n in range(1000)}}, 1),
}


def _text(schema: Any) -> str:
    import json

    return json.dumps(schema).replace('"@', "").replace('@"', "")


def _json(name: str) -> dict[str, Case]:
    schema, document = _SCHEMAS[name]
    files: dict[str, Content] = {"old.json": {"type": "object"}, "new.json": _text(schema), "doc.json": [document]}
    files["doc.json"] = _text(document)
    return {
        f"{name}: diff": Case(("diff", "old.json", "new.json"), files, exit=_OK, cpu=60),
        f"{name}: diff with itself": Case(("diff", "new.json", "new.json"), files, exit=_OK, cpu=60),
        f"{name}: validate": Case(("validate", "new.json", "doc.json"), files, exit=_OK, cpu=60),
    }


_AVRO_NESTED: Any = "null"
for _ in range(110):
    _AVRO_NESTED = {"type": "array", "items": _AVRO_NESTED}
_RECORDS = {
    "type": "record",
    "name": "R0",
    "fields": [
        {
            "name": f"f{number}",
            "type": {"type": "record", "name": f"R{number + 1}", "fields": [{"name": "x", "type": ["null", "R0"]}]},
        }
        for number in range(1000)
    ],
}
_AVRO: dict[str, tuple[Any, tuple[str, ...], tuple[int, ...]]] = {
    "arrays nested 110 deep": (_AVRO_NESTED, (), _OK),
    "a record that holds itself": ({"type": "record", "name": "R", "fields": [{"name": "r", "type": "R"}]}, (), _OK),
    "1,000 records that refer back": (_RECORDS, (), _OK),
    "a union in a union": ([["null"]], ("union",), (2,)),
    "a union of 10,000 records": (
        [{"type": "record", "name": f"R{n}", "fields": []} for n in range(10_000)],
        (),
        _OK,
    ),
    "an enum of 50,000 symbols": ({"type": "enum", "name": "E", "symbols": [f"S{n}" for n in range(50_000)]}, (), _OK),
    "a name with a blank": ({"type": "record", "name": "R x", "fields": []}, (), _OK),
    "a fixed of a negative size": ({"type": "fixed", "name": "F", "size": -1}, ("size",), (2,)),
    "a fixed of 10^30 bytes": ({"type": "fixed", "name": "F", "size": 10**30}, (), _OK),
    "a decimal of 10^9 digits": (
        {"type": "bytes", "logicalType": "decimal", "precision": 10**9, "scale": 10**8},
        (),
        _OK,
    ),
    "a default of a megabyte": (
        {"type": "record", "name": "R", "fields": [{"name": "a", "type": "string", "default": "x" * 900_000}]},
        (),
        _OK,
    ),
    "a type twice": (
        {
            "type": "record",
            "name": "R",
            "fields": [{"name": n, "type": {"type": "enum", "name": "E", "symbols": ["A"]}} for n in "ab"],
        },
        ("E",),
        (2,),
    ),
}
_PROTO: dict[str, tuple[str, tuple[str, ...], tuple[int, ...]]] = {
    "messages nested 500 deep": ("message M {" * 500 + "}" * 500, (), (1, 2)),
    "messages nested 100,000 deep": ("message M {" * 80_000, ("deep",), (1, 2)),
    "5,000 open groups": ("message M {" + "optional group G = 1 {" * 3000, (), (1, 2)),
    "an option of nested braces": ("option (x) = " + "{a:" * 5000, (), (1, 2)),
    "10,000 fields": ("message M {" + "".join(f"int32 f{n} = {n};" for n in range(1, 10_000)) + "}", (), _OK),
    "a comment without an end": ("/*" + "*" * 100_000, (), (1, 2)),
    "a string without an end": ('import "' + "a" * 100_000, (), (1, 2)),
    "a number of 100,000 digits": ("message M { int32 a = " + "9" * 100_000 + "; }", (), (1, 2)),
    "an import by an absolute path": ('import "/etc/passwd"; message M {}', ("/etc/passwd",), (1, 2)),
    "an import out of the tree": ('import "../../outside.json"; message M {}', (), (1, 2)),
    "an import of a URL": ('import "http://127.0.0.1:9/x.proto"; message M {}', (), (1, 2)),
    "an import of a device": ('import "/dev/zero"; message M {}', (), (1, 2)),
    "an import of itself": ('import "schema.proto"; message M {}', (), (1, 2)),
    "NUL and control characters": ("message M { \0\x1b[31m }", (), (1, 2)),
    "a name of 100,000 characters": ("message " + "M" * 100_000 + " {}", (), _OK),
    "messages that hold each other": ("message A { B b = 1; } message B { A a = 1; }", (), _OK),
    "1,000 messages in a circle": (
        "".join(f"message M{n} {{ M{(n + 1) % 1000} a = 1; M{(n + 7) % 1000} b = 2; }}" for n in range(1000)),
        (),
        _OK,
    ),
}
# what an old version may have, for the sake of reading it, and a new one may not
_NEVER_NEW = ("a name with a blank", "a union in a union", "a fixed of a negative size", "a type twice")
_HEAD = 'syntax = "proto3";\n'
CASES: dict[str, Case] = {
    **{
        f"Avro, {name}: register": Case(
            ("register", "a"), subject("a", "schema.avsc", _text(_AVRO[name][0]), "format: avro\n"), exit=2
        )
        for name in _NEVER_NEW
    },
    **{key: case for name in _SCHEMAS for key, case in _json(name).items()},
    **{
        f"Avro, {name}": Case(
            ("diff", "old.avsc", "new.avsc"),
            {"old.avsc": '"null"', "new.avsc": _text(schema)},
            exit=statuses,
            says=words,
            cpu=60,
        )
        for name, (schema, words, statuses) in _AVRO.items()
    },
    **{
        f"Avro, {name}, against a string": Case(
            ("diff", "old.avsc", "new.avsc"),
            {"old.avsc": '"string"', "new.avsc": _text(schema)},
            exit=(0, 1, 2),
            cpu=60,
        )
        for name, (schema, _, _) in _AVRO.items()
    },
    **{
        f"Protobuf, {name}": Case(
            ("check", "a"),
            subject("a", "schema.proto", _HEAD + text, "format: protobuf\n"),
            exit=statuses,
            says=words,
            cpu=60,
        )
        for name, (text, words, statuses) in _PROTO.items()
    },
    **{
        f"{command} of {name}": Case(
            (command, "./new.json", *more), {"new.json": _text(_SCHEMAS[name][0])}, exit=_OK, cpu=60
        )
        for command, more in (
            ("lint", ("--profile", "openai-strict")),
            ("export-tool", ("--provider", "openai", "--strict", "--lossy", "allow")),
        )
        for name in (
            "references doubled 40 times",
            "properties doubled 40 times",
            "a reference to itself",
            "a wide oneOf",
        )
    },
}
