"""Working files that are no strict JSON or YAML: nesting, numbers, keys, encodings."""

from __future__ import annotations

from tests.hostile.case import Case, Content, json_subject, subject

_NESTED = "nested deeper than 128"
_TEXTS: dict[str, tuple[Content, str]] = {
    "100,000 arrays": ("[" * 100_000, _NESTED),
    "100,000 arrays that end": ("[" * 100_000 + "]" * 100_000, _NESTED),
    "100,000 objects": ('{"properties":' * 70_000, _NESTED),
    "allOf 300 deep": ('{"allOf":[' * 300 + "{}" + "]}" * 300, _NESTED),
    "nesting behind brackets in strings": ('{"a":"]]]]","b":' * 200 + "1" + "}" * 200, _NESTED),
    "an exponent of nine digits": ('{"maximum": 1e999999999}', "out of range"),
    "an exponent that no library holds": ('{"maximum": 1e99999999999999999999999}', "out of range"),
    "a tiny number": ('{"multipleOf": 1e-999999999}', "out of range"),
    "a zero with a giant exponent": ('{"maximum": 0e99999999999999999999}', "out of range"),
    "a number of 100,000 digits": ('{"maximum": ' + "9" * 100_000 + "}", "out of range"),
    "a fraction of 100,000 digits": ('{"maximum": 0.' + "1" * 100_000 + "}", "out of range"),
    "NaN": ('{"maximum": NaN}', "not a JSON value"),
    "minus infinity": ('{"minimum": -Infinity}', "not a JSON value"),
    "a hexadecimal number": ('{"minimum": 0x10}', "not JSON"),
    "a key twice": ('{"type": "object", "type": "string"}', "twice"),
    "a key twice, spelt differently": ('{"type": "object", "\\u0074ype": "string"}', "twice"),
    "a key twice in a deep place": ('{"properties": {"a": {"enum": [{"x": 1, "x": 2}]}}}', "twice"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "byte order mark"),
    "UTF-16": ("{}".encode("utf-16"), "byte order mark"),
    "UTF-16 without a mark": ('{"type": "string"}'.encode("utf-16-le"), "not"),
    "UTF-32": ("{}".encode("utf-32"), "byte order mark"),
    "an escaped lone surrogate": ('{"title": "\\ud800"}', "lone surrogate"),
    "a lone surrogate as a key": ('{"properties": {"\\udfff": {}}}', "lone surrogate"),
    "a lone surrogate as bytes": (b'{"title": "\xed\xa0\x80"}', "not UTF-8"),
    "an overlong form": (b'{"title": "\xc0\xaf"}', "not UTF-8"),
    "invalid UTF-8 in the middle": (b'{"title": "\xff"}', "not UTF-8"),
    "a NUL in a string": (b'{"title": "a\0b"}', "not JSON"),
    "NUL bytes only": (b"\0" * 4096, "not JSON"),
    "nothing": (b"", "not JSON"),
    "blanks only": (b" \n\t", "not JSON"),
    "a comment": ("{} // fine", "not JSON"),
    "two values": ("{} {}", "not JSON"),
    "a comma too many": ('{"enum": [1,]}', "not JSON"),
    "no schema but a number": ("1", "an object, true or false"),
    "no schema but null": ("null", "an object, true or false"),
    "conflict markers": ('<<<<<<< HEAD\n{}\n=======\n{"type": "string"}\n>>>>>>> x\n', "not JSON"),
}
_YAML: dict[str, tuple[Content, str]] = {
    "a billion laughs": (
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{y}: &{y} [{', '.join([f'*{x}'] * 9)}]\n" for x, y in zip("abcdefgh", "bcdefghi", strict=True)),
        "anchor",
    ),
    "an alias to itself": ("&a [*a]\n", "anchor"),
    "a merge key": ("x: &x {a: 1}\ny: {<<: *x}\n", "anchor"),
    "100,000 open brackets": ("[" * 100_000, "nested deeper"),
    "nesting by indentation": ("".join(" " * depth + "a:\n" for depth in range(400)), "nested deeper"),
    "nesting by dashes": ("- " * 5000 + "a\n", "nested deeper"),
    "a Python tag": ("a: !!python/object/apply:os.system ['touch <base>/sprung']\n", "tag"),
    "a binary tag": ("a: !!binary aGVsbG8=\n", "tag"),
    "a key twice": ("type: object\ntype: string\n", "twice"),
    "a key that is a list": ("? [a, b]\n: 1\n", "key"),
    "several documents": ("type: string\n---\ntype: object\n", "document"),
    "a directive": ("%YAML 9.9\n---\ntype: string\n", "YAML"),
    "what is read differently": ("minimum: 0o17\n", "differently"),
    "a number of base 60": ("minimum: 1:30\n", "must be a number"),
    "a giant exponent": ("maximum: 1.5e999999999\n", "out of range"),
    "a tab as indentation": ("type:\n\t- object\n", "not YAML"),
    "NUL": (b"type: string\0\n", "not YAML"),
    "UTF-16": ("type: string\n".encode("utf-16"), "byte order mark"),
    "an LFS pointer": ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "LFS"),
}
CASES: dict[str, Case] = {
    **{name: Case(("register", "a"), json_subject(text), says=(words,)) for name, (text, words) in _TEXTS.items()},
    **{
        f"{name}, in check": Case(("check",), json_subject(text), exit=1, says=(words,))
        for name, (text, words) in list(_TEXTS.items())[::3]
    },
    **{
        f"YAML: {name}": Case(
            ("register", "a"), subject("a", "schema.yaml", text, "format: json\n"), says=(words,), memory=512 << 20
        )
        for name, (text, words) in _YAML.items()
    },
    "a document with every evil": Case(
        ("validate", "schema.json", "evil.jsonl"),
        {
            "schema.json": {"type": "object"},
            "evil.jsonl": b'{"a": 1, "a": 2}\n{"a": 1e999999999}\n"\\ud800"\n' + b"[" * 100_000 + b"\n\xff\n",
        },
        exit=(1, 2),
        says=("twice",),
    ),
    "2 MB of a working file": Case(
        ("register", "a"), json_subject('{"title": "' + "x" * (2 << 20) + '"}'), says=("limit",)
    ),
    "20 MB of a working file": Case(
        ("check",), json_subject('{"title": "' + "x" * (20 << 20) + '"}'), exit=1, says=("limit",), memory=512 << 20
    ),
    "20 MB of subject.yaml": Case(
        ("check",), json_subject("{}", config="format: json\n#" + "x" * (20 << 20)), exit=(1, 2), says=("limit",)
    ),
    "20 MB of llmreg.yaml": Case(("check",), {"llmreg.yaml": "registry: 1\n#" + "x" * (20 << 20)}, says=("limit",)),
}
