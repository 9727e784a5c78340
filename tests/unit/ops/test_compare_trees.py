"""`llmreg.compare` of two trees of Protobuf files, `{path: text}`."""

from __future__ import annotations

import pytest

import llmreg
from llmreg.errors import SchemaError, UsageError

MAIN = 'syntax = "proto3";\nimport "d.proto";\nmessage M { D d = 1; }\n'
OLD = {"d.proto": 'syntax = "proto3";\nmessage D { int32 a = 1; }\n', "m.proto": MAIN}
NEW = {"d.proto": b'syntax = "proto3";\nmessage D {\n  string a = 1;\n}\n', "m.proto": MAIN, "n.proto": MAIN}


def test_every_file_has_its_report() -> None:
    report = llmreg.compare(OLD, NEW)
    assert [item.subject for item in report.subjects] == ["d.proto", "m.proto", "n.proto"]
    _, main, fresh = report.subjects
    assert (main.verdict, main.findings[0].file, main.findings[0].line) == ("incompatible", "d.proto", 3)
    assert main.findings[0].witness is not None
    assert main.findings[0].witness.bytes == "0a020801"
    assert fresh.notes == ("new file: nothing to compare it with",)
    assert llmreg.compare(OLD, OLD).verdict == "compatible"
    assert llmreg.compare(NEW, OLD).notes == (
        "n.proto is in old and not in new: what was written with it was not judged",
    )


def test_a_pinned_version_among_the_imports() -> None:
    tree = {"m.proto": 'syntax = "proto3";\nimport "a/b/1.0.0.proto";\nmessage M { B b = 1; }\n'}
    pinned = {"a/b@1.0.0": 'syntax = "proto3";\nmessage B {}\n'}
    assert llmreg.compare(tree, tree, refs=pinned).ok
    with pytest.raises(SchemaError, match=r"a/b@1\.0\.0, which does not exist"):
        llmreg.compare(tree, tree)


def test_what_cannot_be_compared() -> None:
    with pytest.raises(SchemaError, match=r"no file 'd\.proto'"):
        llmreg.compare(OLD, {"m.proto": MAIN})
    with pytest.raises(UsageError, match="another one only"):
        llmreg.compare(OLD, MAIN)
    with pytest.raises(UsageError, match="do not import files"):
        llmreg.compare(OLD, NEW, format="json")
    with pytest.raises(UsageError, match="its text as str or bytes"):
        llmreg.compare({"m.proto": {}}, NEW)
