"""Reports built by hand, one per situation that an output has to tell well; every test asking for `sample` gets all."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from llmreg.model.finding import ChangeClass, Finding, Place, Severity, Status, Witness
from llmreg.model.mode import Direction, Mode
from llmreg.model.problem import Problem
from llmreg.model.report import Baseline, BumpReport, Report, SubjectReport, Undecided, Verdict
from llmreg.model.version import Bump

BASELINE = Baseline("origin/main", "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d", "the merge base with origin/main")
ENGINES = ("jsonschema 4.26.0", "jsonschema-rs 0.60.3")
HOSTILE = (
    "\x1b[31mred\x1b[0m \r\n::error::owned %0A ##[error]x \u202egnp.exe\u202c \u200b\x00\x7f\x85\u2028 ` | ``"
    " </details><script>alert(1)</script> &lt; <!-- ]]> @everyone #12 [link](https://evil.example) ![i](http://x)"
    " www.evil.example **bold** ~~~ $x$ \ud800 \U000e0041 \\ end"
)

MAXIMUM_LOWERED = Finding(
    rule="maximum_lowered",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    message="`temperature`: the reader accepts at most 1, the writer writes up to 2",
    writer=Place("/properties/temperature/maximum", 7),
    reader=Place("/properties/temperature/maximum", 9),
    direction=Direction.BACKWARD,
    against="1.2.0",
    status=Status.WITNESSED,
    witness=Witness({"temperature": 2}, confirmed_by=ENGINES),
    fix="keep the maximum at 2, or register a new major version",
)
FIELD_RETYPED = Finding(
    rule="field_type_changed",
    cls=ChangeClass.BREAKING,
    severity=Severity.ERROR,
    message="`Reply.tokens`: the writer writes a string, the reader takes the bytes for an unknown field",
    writer=Place("/Reply/tokens"),
    reader=Place("/Reply/tokens", 12),
    direction=Direction.FORWARD,
    against="2.0.0",
    status=Status.WITNESSED,
    witness=Witness({"tokens": "a"}, bytes="0a0161", expected="loses `tokens`", confirmed_by=("protobuf 7.36.2",)),
    surface="wire",
    level="lossy",
)


def _compatible() -> Report:
    subject = SubjectReport(
        "chat/reply",
        "json",
        Mode.BACKWARD,
        Verdict.COMPATIBLE,
        findings=(
            Finding(
                rule="description_changed",
                cls=ChangeClass.PROMPT_VISIBLE,
                severity=Severity.INFO,
                message="`tone`: the description that a model reads is new",
                writer=Place("/properties/tone/description", 4),
                reader=Place("/properties/tone/description", 4),
            ),
        ),
        pending="1.3.0",
        bump=BumpReport(None, Bump.MINOR, "a model sees the change (description_changed); the documents are the same"),
        file="subjects/chat/reply/schema.json",
    )
    quiet = SubjectReport("chat/quiet", "avro", Mode.FULL, Verdict.COMPATIBLE, version="1.0.0")
    return Report((subject, quiet), BASELINE, checked=12, seconds=0.4249)


def _incompatible() -> Report:
    long = {"messages": [{"role": "user", "content": "tell me more about it " * 6, "tokens": n} for n in range(12)]}
    findings = (
        Finding(
            rule="hint_added",
            cls=ChangeClass.HINT,
            severity=Severity.WARN,
            message="`seed`: an example was added",
            reader=Place("/properties/seed"),
        ),
        MAXIMUM_LOWERED,
        Finding(
            rule="items_limited",
            cls=ChangeClass.BREAKING,
            severity=Severity.ERROR,
            message="`messages`: the reader accepts at most 10 items, the writer writes any number",
            writer=Place("/properties/messages"),
            reader=Place("/properties/messages/maxItems", 31),
            direction=Direction.BACKWARD,
            against="1.1.0",
            status=Status.WITNESSED,
            witness=Witness(long, confirmed_by=ENGINES),
        ),
        Finding(
            rule="property_removed",
            cls=ChangeClass.IGNORED,
            severity=Severity.INFO,
            message="`debug`: the reader silently drops it",
            writer=Place("/properties/debug"),
            reader=Place(""),
            direction=Direction.BACKWARD,
            against="1.2.0",
            status=Status.WITNESSED,
            witness=Witness({"debug": Decimal("1.10")}, confirmed_by=ENGINES),
            waived="nobody reads it (ADR 7)",
        ),
        Finding(rule="silenced", cls=ChangeClass.HINT, severity=Severity.OFF, message="nobody wants to hear this"),
    )
    subject = SubjectReport(
        "chat/reply",
        "json",
        Mode.BACKWARD_TRANSITIVE,
        Verdict.INCOMPATIBLE,
        findings,
        pending="1.3.0",
        bump=BumpReport(Bump.MINOR, Bump.MAJOR, "breaks BACKWARD_TRANSITIVE: maximum_lowered, items_limited"),
        notes=("the writer is taken as closed: it writes only what it declares",),
        kind="tool-input",
        file="subjects/chat/reply/schema.json",
    )
    proto = SubjectReport(
        "agents/trace",
        "protobuf",
        Mode.FULL,
        Verdict.INCOMPATIBLE,
        (FIELD_RETYPED,),
        version="2.1.0",
        kind="agent-message",
    )
    return Report((subject, proto), BASELINE, checked=2, seconds=1.5)


def _claimed_and_undecided(*, allow: bool = False) -> Report:
    claimed = Finding(
        rule="rpc_removed",
        cls=ChangeClass.BREAKING,
        severity=Severity.ERROR,
        message="`Chat.Ask`: the reader has no such method",
        writer=Place("/Chat/Ask", 40),
        direction=Direction.BACKWARD,
        against="1.0.0",
        claim="a method is called, not written: no document can show it",
    )
    undecided = (
        Undecided("budget", "no answer after 2 s", "/properties/plan/oneOf", "backward", "1.0.0"),
        Undecided("unsupported-pattern", "`(?<=a)b` looks behind", "", "forward", "1.0.0"),
    )
    subjects = (
        SubjectReport("chat/service", "protobuf", Mode.BACKWARD, Verdict.INCOMPATIBLE, (claimed,), version="1.1.0"),
        SubjectReport("chat/plan", "json", Mode.FULL, Verdict.UNDECIDED, undecided=undecided, pending="1.0.1"),
    )
    return Report(subjects[1:] if allow else subjects, None, checked=2, allow_undecided=allow)


def _declared_major() -> Report:
    lowered = replace(MAXIMUM_LOWERED, severity=Severity.INFO, fix=None)
    subject = SubjectReport(
        "chat/reply",
        "json",
        Mode.BACKWARD,
        Verdict.INCOMPATIBLE,
        (lowered,),
        pending="2.0.0",
        bump=BumpReport(Bump.MAJOR, Bump.MAJOR, "breaks BACKWARD: maximum_lowered"),
        accepted="2.0.0 is a new major version, declared in the ledger",
        affected=tuple(f"bindings/planner-{number}" for number in range(22)),
        file="subjects/chat/reply/schema.json",
    )
    return Report((subject,), BASELINE, checked=1, seconds=0.2)


def _diff() -> Report:
    subject = SubjectReport(
        "new.json",
        "json",
        Mode.BACKWARD,
        Verdict.INCOMPATIBLE,
        (replace(MAXIMUM_LOWERED, against="old.json"),),
        pending="new.json",
        bump=BumpReport(None, Bump.MAJOR, "breaks BACKWARD: maximum_lowered"),
        against="old.json",
        directions={"backward": "incompatible", "forward": "compatible"},
        file="new.json",
    )
    return Report((subject,), checked=1)


def _integrity() -> Report:
    def broken(rule: str, message: str, file: str, line: int | None = None) -> Finding:
        return Finding(rule, ChangeClass.INTEGRITY, Severity.ERROR, message, file=file, line=line)

    sha = broken("sha", "the file is not what line 2 registered", "subjects/chat/reply/versions/1.1.0.json")
    prefix = broken("ledger-prefix", "line 1 was changed", "subjects/chat/reply/versions.jsonl", 1)
    removed = broken("removed", "`chat/gone` is gone without a tombstone", "subjects/chat/gone/subject.yaml")
    problem = Problem("unknown-keyword", "`requird` is no keyword", "/requird", line=3, column=5, hint="`required`?")
    subject = SubjectReport(
        "chat/reply",
        "json",
        Mode.NONE,
        Verdict.COMPATIBLE,
        (prefix, sha),
        version="1.1.0",
        problems=(problem,),
        file="subjects/chat/reply/schema.json",
    )
    baseline = Baseline("HEAD", None, "the repository has no commit yet")
    return Report((subject,), baseline, general=(removed,), notes=("checked at depth 1",), checked=1, seconds=0.01)


def _hostile() -> Report:
    finding = Finding(
        rule="enum_narrowed",
        cls=ChangeClass.BREAKING,
        severity=Severity.ERROR,
        message=f"`{HOSTILE}`: the reader does not know it",
        writer=Place(f"/properties/{HOSTILE}"),
        reader=Place(f"/properties/{HOSTILE}"),
        direction=Direction.BACKWARD,
        against=HOSTILE,
        status=Status.WITNESSED,
        witness=Witness({HOSTILE: [HOSTILE]}, bytes="", expected=HOSTILE, confirmed_by=(HOSTILE,)),
        fix=HOSTILE,
        waived=HOSTILE,
        file=f"{HOSTILE}.json",
        line=1,
    )
    subject = SubjectReport(
        HOSTILE,
        "json",
        Mode.FULL,
        Verdict.INCOMPATIBLE,
        (finding,),
        (Undecided(HOSTILE, HOSTILE, HOSTILE, "forward", HOSTILE),),
        pending=HOSTILE,
        bump=BumpReport(None, Bump.MAJOR, HOSTILE),
        notes=(HOSTILE,),
        problems=(Problem(HOSTILE, HOSTILE, HOSTILE, hint=HOSTILE),),
        file=HOSTILE,
    )
    accepted = SubjectReport("b", "json", Mode.FULL, Verdict.INCOMPATIBLE, accepted=HOSTILE, affected=(HOSTILE,))
    return Report((subject, accepted), Baseline(HOSTILE, "0" * 40, HOSTILE), notes=(HOSTILE,), checked=1)


SAMPLES = {
    "nothing": Report(),
    "compatible": _compatible(),
    "incompatible": _incompatible(),
    "claimed_and_undecided": _claimed_and_undecided(),
    "undecided_allowed": _claimed_and_undecided(allow=True),
    "declared_major": _declared_major(),
    "diff": _diff(),
    "integrity": _integrity(),
    "hostile": _hostile(),
}


@pytest.fixture(params=SAMPLES)
def sample_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def sample(sample_name: str) -> Report:
    return SAMPLES[sample_name]


@pytest.fixture
def samples() -> dict[str, Report]:
    return SAMPLES
