"""Texts that are meant for another reader: terminals, workflow commands, Markdown, SARIF, JUnit, HTML."""

from __future__ import annotations

from tests.hostile.case import Case, Content, json_subject

EVIL = (
    "\x1b[31m\x1b]0;owned\x07\r\u202e\u200b\x9b2J\x00"
    "\n::error file=a::owned\n::add-mask::x\n::set-output name=a::b\n##[error]owned\n"
    "`</script><script>alert(1)</script>]]><!--|@everyone [x](javascript:alert(1)) ![x](http://127.0.0.1/)"
)
_OLD = {"type": "object", "title": "t", "properties": {"a": {"type": "string"}}}
_NEW = {
    "type": "object",
    "title": EVIL,
    "description": EVIL,
    "properties": {
        "a": {"type": "integer", "description": EVIL},
        EVIL: {"enum": [EVIL], "default": EVIL, "pattern": "\x1b"},
    },
    "required": [EVIL],
}
_BROKEN = {"properties": {EVIL: {"type": EVIL, "$ref": EVIL, "pattern": "(" + EVIL}}, EVIL: EVIL}
_YAML = '"\\e[31m\\e]0;owned\\a\\u202e\\n::error::owned\\n<script>"'
_CONFIG = (
    f"format: json\nkind: tool-input\nowner: {_YAML}\ndescription: {_YAML}\ntags: [{_YAML}]\ncustom: {{x: {_YAML}}}\n"
)
_OUTPUTS = ("text", "json", "github", "markdown", "sarif", "junit")
_FILES: dict[str, Content] = {
    "old.json": _OLD,
    "new.json": _NEW,
    "broken.json": _BROKEN,
    "doc.json": {EVIL: EVIL, "a": EVIL},
}
# at the start of a line they would be obeyed
_COMMANDS = ("\n::add-mask", "\n::set-output", "\n##[error]")
CASES: dict[str, Case] = {
    **{
        f"{what} as {output}": Case((*run, "-o", output), _FILES, exit=(1, 2), never=_COMMANDS)
        for output in _OUTPUTS
        for what, run in {
            "a break": ("diff", "old.json", "new.json"),
            "a schema that is none": ("diff", "old.json", "broken.json"),
            "profiles": ("lint", "new.json", "-p", "all"),
        }.items()
    },
    **{
        f"a pending change as {output}": Case(
            ("check", "-o", output), json_subject(_NEW, "good", _CONFIG), exit=(0, 1, 2), good=True, never=_COMMANDS
        )
        for output in _OUTPUTS
    },
    **{
        f"a broken file as {output}": Case(("check", "-o", output), json_subject(_BROKEN), exit=(1, 2), never=_COMMANDS)
        for output in _OUTPUTS
    },
    **{
        f"{' '.join(run)}": Case(run, json_subject(_NEW, "good", _CONFIG), exit=(0, 1, 2), good=True, never=_COMMANDS)
        for run in (
            *(
                ("list",),
                ("list", "-o", "json"),
                ("log", "good"),
                ("search", "owned"),
                ("search", EVIL.replace("\0", "")),
            ),
            *(("explain", "good"), ("diff", "good@1.0.0", "good"), ("impact",), ("doctor",), ("verify",)),
            *(
                ("rules", "\x1b[31m"),
                ("show", "\x1b[31m"),
                ("check", "\x1b[31m"),
                ("\x1b[31m",),
                ("check", "--\x1b[31m"),
            ),
            *(("-C", "\x1b[31m", "check"), ("validate", "\x1b[31m", "x"), ("lint", "x", "-p", "\x1b[31m")),
        )
    },
    "a document's problems": Case(("validate", "new.json", "doc.json"), _FILES, exit=1, never=_COMMANDS),
    "a document's problems as JSON": Case(("validate", "new.json", "doc.json", "-o", "json"), _FILES, exit=1),
    "20,000 problems in a document": Case(
        ("validate", "old.json", "many.json"),
        {"old.json": {"items": {"type": "string"}}, "many.json": [0] * 20_000},
        exit=1,
        cpu=60,
    ),
    "a file called by an escape": Case(
        ("diff", "\x1b[31m.json", "\x1b[31m.json"), {"\x1b[31m.json": {"type": "string"}}, exit=(0, 2)
    ),
    "a file called like a command": Case(
        ("diff", "old.json", "a\n::error::b.json", "-o", "github"),
        {"old.json": _OLD, "a\n::error::b.json": _NEW},
        exit=(1, 2),
        never=("\n::error::b",),
    ),
}
