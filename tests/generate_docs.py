"""Write everything under `docs/reference/` that follows from the code, and `.pre-commit-hooks.yaml`.

Run it from the repository's root: `python -m tests.generate_docs` (`make docs`). `tests/test_docs.py` fails when a
file does not equal what this would write.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from tests.hooks import definition as hooks

from llmreg import errors, formats
from llmreg.cli import app, tree
from llmreg.errors import LlmregError
from llmreg.formats import catalogue
from llmreg.formats.rule import Rule, rulebook
from llmreg.llm.profiles import catalogue as profiles
from llmreg.llm.profiles.pages import summary
from llmreg.llm.profiles.profile import EFFECTS, ORDERS, TIERS, Generation, ProfileRule
from llmreg.model.kind import KINDS
from llmreg.model.mode import Mode
from llmreg.ops import rules
from llmreg.render import catalogue as outputs
from llmreg.server.contract import openapi
from llmreg.server.routing import Table, found
from llmreg.server.telemetry.metrics import Metrics
from llmreg.store import settings
from llmreg.store.invariant import invariants

ROOT = Path(__file__).parent.parent
REFERENCE = Path("docs/reference")
TITLES = {"json": "JSON Schema", "avro": "Avro", "protobuf": "Protobuf", "prompt": "prompts"}

_HEADING = re.compile(r"^([A-Z][a-z]+(?: [a-z]+)*):$", re.MULTILINE)
_LABEL = re.compile(r"^((?:Old|New|Writer|Reader|Witness|Reference)s?:(?= ))", re.MULTILINE)


def pages() -> dict[Path, str]:
    """Every generated file, relative to the repository's root."""
    return {
        REFERENCE / "cli.md": cli_page(),
        REFERENCE / "settings.md": settings_page(),
        REFERENCE / "kinds-and-modes.md": kinds_page(),
        REFERENCE / "errors.md": errors_page(),
        REFERENCE / "outputs.md": outputs_page(),
        REFERENCE / "invariants.md": invariants_page(),
        REFERENCE / "policies.md": policies_page(),
        REFERENCE / "http-api.md": http_page(),
        REFERENCE / "metrics.md": metrics_page(),
        **{REFERENCE / "rules" / f"{name}.md": rules_page(name) for name in catalogue.names()},
        REFERENCE / "rules" / "bindings.md": bindings_page(),
        REFERENCE / "rules" / "mcp.md": mcp_page(),
        REFERENCE / "profiles.md": profiles_page(),
        Path(".pre-commit-hooks.yaml"): hooks.text(),
    }


def _page(title: str, intro: str, *blocks: str) -> str:
    note = "<!-- Generated from the code by `make docs`: change it there. -->"
    return "\n\n".join([note, f"# {title}", intro, *(block.strip("\n") for block in blocks)]) + "\n"


def _table(head: str, rows: list[tuple[str, ...]]) -> str:
    columns = head.split("|")
    lines = [head, "|".join(["---"] * len(columns)), *("|".join(row) for row in rows)]
    return "\n".join(f"| {line.replace('|', ' | ')} |" for line in lines)


def _anchor(heading: str) -> str:
    """GitHub's anchor of a heading."""
    return re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-")


# ---------------------------------------------------------------------------------------------------- command line


def help_text(command: str | None = None) -> str:
    """What `llmreg [COMMAND] --help` prints, 80 columns wide; a command of a group is `bind check`."""
    stream = io.StringIO()
    with mock.patch.dict(os.environ, {"COLUMNS": "80", "TERM": "dumb"}), contextlib.redirect_stdout(stream):
        app.run([*(command.split() if command else []), "--help"])
    return "\n".join(line.rstrip() for line in stream.getvalue().strip().splitlines())


def cli_page() -> str:
    commands = tree.command_paths()
    shown = "\n".join(f"- [`llmreg {name}`](#{_anchor('llmreg ' + name)})" for name in commands)
    return _page(
        "The command line",
        "Every command has `--help` with examples. Exit status: 0 fine, 1 a check found something, 2 wrong usage or "
        "input, 3 a bug in llmreg, 4 the schema's format has no plug-in. Shell completion: "
        "`llmreg --install-completion`.",
        shown,
        f"```text\n{help_text()}\n```",
        *(f"## llmreg {name}\n\n```text\n{help_text(name)}\n```" for name in commands),
    )


# ----------------------------------------------------------------------------------------------------------- rules


def _docstring(page: str) -> str:
    """A rule's docstring as markdown: its headings in bold, what stands below them as a paragraph."""
    parts = _HEADING.split(inspect.cleandoc(page))
    blocks = [parts[0].strip()]
    for heading, text in zip(parts[1::2], parts[2::2], strict=True):
        told = _LABEL.sub(r"- \1", inspect.cleandoc(text.strip("\n")))
        blocks.append(f"**{heading}.**\n{told}")
    return "\n\n".join(block for block in blocks if block)


def rules_page(format_name: str) -> str:
    policies = catalogue.get(format_name).policies  # listed with the rules, and with a page of their own
    found = [rule for rule in rules.rules(format_name) if rule.id.replace("_", "-") not in policies]
    rows = [
        (f"[`{rule.id}`](#{_anchor(rule.id)})", rule.summary.rstrip("."), str(rule.cls), str(rule.severity))
        for rule in found
    ]
    return _page(
        f"Rules for {TITLES.get(format_name, format_name)}",
        "Rules explain a verdict: the verdict itself is a proof or a confirmed document, so a break that no rule "
        "explains is still a break. `policy:` and `waivers:` name these ids (see [settings](../settings.md)). The "
        "writer is the side that writes data, the reader the side that reads it: in the direction `backward` the old "
        "version writes, in `forward` the new one. `llmreg rules show ID` prints a page.",
        _table("rule|what it says|class|severity", rows),
        *(_entry(rule) for rule in found),
    )


def bindings_page() -> str:
    found = rules.rules(rules.BINDINGS)
    rows = [(f"[`{rule.id}`](#{_anchor(rule.id)})", rule.summary.rstrip("."), str(rule.severity)) for rule in found]
    return _page(
        "Rules for bindings",
        "What `llmreg bind check` finds in `bindings/*.yaml`, and `llmreg check` in those that a change touches. What "
        "a profile finds has the profile's own ids.",
        _table("rule|what it says|severity", rows),
        *(_entry(rule) for rule in found),
    )


_ORDER_PAGE = "rules/json.md#generation_order_changed"


def profiles_page() -> str:
    blocks = []
    for label in profiles.labels():
        profile = profiles.get(label)
        rows = [
            (f"`{rule.id}`", summary(rule), str(rule.severity), rule.effect, rule.tier, _source(rule))
            for rule in profile.rules
        ]
        strict = " --strict" if profile.strict else ""
        told = f"{profile.about} Written by `llmreg export-tool --provider {profile.provider}{strict}`."
        cells = [tuple(_cell(text) for text in row) for row in rows]
        table = _table("rule|what it says|severity|effect|tier|seen", cells)
        orders = "\n".join(f"- {_generation(item)}" for item in profile.generation)
        order = f"Order of generation ([`generation_order_changed`]({_ORDER_PAGE})):\n\n{orders}\n\n" if orders else ""
        blocks.append(f"## {label}\n\n**{profile.title}.** {told}\n\n{order}{table}")
    tiers = [(f"`{name}`", text) for name, text in TIERS.items()]
    effects = [(f"`{name}`", text) for name, text in EFFECTS.items()]
    return _page(
        "Provider profiles",
        "What `llmreg lint --profile ID[@DATE]` and `profiles:` in `subject.yaml` and `llmreg.yaml` go by: dated "
        "rules, each with its source. Old dates stay, so that a pinned profile keeps its verdict. No finding means "
        "that no rule of the profile is violated; nothing here asks a provider. `llmreg rules show ID` prints a rule.",
        _table("tier|where a rule comes from", tiers),
        _table("effect|what happens", effects),
        *blocks,
    )


def _generation(item: Generation) -> str:
    """One rule of the order in which a provider generates properties."""
    models = f"{item.models}: " if item.models else ""
    return f"{models}{ORDERS[item.order]} ({item.tier}, {_source(item)})"


def _source(rule: ProfileRule | Generation) -> str:
    return f"[{rule.seen}]({rule.source_url})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def mcp_page() -> str:
    found = rules.rules(rules.MCP)
    rows = [(f"[`{rule.id}`](#{_anchor(rule.id)})", rule.summary.rstrip("."), str(rule.severity)) for rule in found]
    return _page(
        "Rules for MCP tool lists",
        "What `llmreg verify-mcp` finds in a list of tools as a whole. What changed inside one tool has the ids of "
        "[the rules for JSON Schema](json.md).",
        _table("rule|what it says|severity", rows),
        *(_entry(rule) for rule in found),
    )


def _entry(rule: rules.RuleEntry) -> str:
    told = f"## {rule.id}\n\n{_docstring(rule.page)}"
    if rule.aliases:
        told += f"\n\n**Elsewhere.**\n{', '.join(f'`{alias}`' for alias in rule.aliases)}"
    return told


def invariants_page() -> str:
    found = rules.rules(rules.REGISTRY)
    based = {code for code, invariant in invariants().items() if invariant.needs_base} | {"policy-loosened"}
    rows = [
        (f"[`{rule.id}`](#{rule.id})", rule.summary, str(rule.severity), "yes" if rule.id in based else "no")
        for rule in found
    ]
    return _page(
        "Invariants of the store",
        "What must hold for the files of a registry, whatever their schemas say. `check` judges them from the baseline "
        "to the head; those that need no baseline hold at depth 1, on a tarball and with `--all` too.",
        _table("code|what must hold|severity|needs a baseline", rows),
        *(_entry(rule) for rule in found),
    )


def policies_page() -> str:
    """The named policies of every format that has some."""
    found = [
        (name, rule)
        for name in catalogue.names()
        if catalogue.get(name).policies
        for rule in rulebook(f"{formats.__name__}.{name}.policies").values()
    ]
    rows = [(f"[`{_dashed(rule)}`](#{_dashed(rule)})", TITLES.get(name, name), rule.summary) for name, rule in found]
    return _page(
        "Named policies",
        "`policy: {like: NAME}` in `llmreg.yaml` or `subject.yaml` lets a named policy decide what breaks, for teams "
        "that come from a registry with other rules. Without it the sound verdict decides.",
        _table("policy|format|what it refuses", rows),
        *(f"## {_dashed(rule)}\n\n{_docstring(rule.page)}" for _, rule in found),
    )


def _dashed(rule: Rule) -> str:
    return rule.id.replace("_", "-")


# ---------------------------------------------------------------------------------------- settings, kinds, errors


def _generation(item: Generation) -> str:
    """One rule of the order in which a provider generates properties."""
    models = f"{item.models}: " if item.models else ""
    return f"{models}{ORDERS[item.order]} ({item.tier}, {_source(item)})"


def _source(rule: ProfileRule | Generation) -> str:
    return f"[{rule.seen}]({rule.source_url})"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def settings_page() -> str:
    def table(entries: tuple[settings.Setting, ...]) -> str:
        rows = [(f"`{entry.key}`", _cell(entry.help), f"`{entry.example}`") for entry in entries]
        return _table("key|what it is for|example", rows)

    return _page(
        "Settings",
        "Two files that people edit. An unknown key, a key twice, an alias or a value of the wrong type is an error "
        "with its line. A command-line option that sets the same thing wins for that run.",
        "## llmreg.yaml\n\nThe root of a registry is the directory that holds this file. Only `registry` is needed.",
        table(settings.REGISTRY),
        "## subject.yaml\n\nBeside each working file. Only `format` is needed. What changes the meaning of a "
        "registered version is never here, but in its file or its ledger line.",
        table(settings.SUBJECT),
    )


def kinds_page() -> str:
    kinds = [
        (
            f"`{kind.name}`",
            f"`{kind.mode}`",
            "yes" if kind.model_reads else "no",
            "error" if kind.ignored_fails else "warn",
        )
        for kind in KINDS.values()
    ]
    modes = [(f"`{mode}`", _pairs(mode), _scope(mode)) for mode in Mode]
    return _page(
        "Kinds and modes",
        "A kind says what a schema is for, and gives the defaults that follow from who writes and who reads. "
        "[Verdicts](../explain/verdicts.md) says why.",
        "## Kinds\n\nWhere a model reads the schema, a changed description or order is a minor version, else a patch. "
        "A property that the reader silently drops is of class `ignored`.",
        _table("kind|mode|a model reads it|class ignored is", kinds),
        "## Modes\n\nA mode is a list of (writer, reader) pairs. Retired versions, pre-releases and other majors are "
        "left out. `TRANSITIVE` is read as `FULL_TRANSITIVE`.",
        _table("mode|pairs (writer → reader)|earlier versions", modes),
    )


def _pairs(mode: Mode) -> str:
    told = {"backward": "old → new", "forward": "new → old"}
    return ", ".join(told[direction] for direction in mode.directions) or "none"


def _scope(mode: Mode) -> str:
    if not mode.directions:
        return "none"
    return "every one of the major" if mode.transitive else "the latest"


def error_classes(base: type[LlmregError] = LlmregError) -> Iterator[type[LlmregError]]:
    """The tree of errors, parents before children, in the order of their definition."""
    yield base
    for child in base.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from error_classes(child)


def errors_page() -> str:
    rows = [
        (
            f"`{kind.__name__}`",
            f"`{kind.code}`",
            str(kind.exit_status),
            inspect.cleandoc(kind.__doc__ or "").split("\n")[0],
        )
        for kind in error_classes()
    ]
    return _page(
        "Errors",
        "Whatever a person can cause is a `LlmregError`. The command line prints it to standard error; with `-o json` "
        'it prints `{"error": {"code", "message", "hint", "problems"}}` to standard output. Each problem has `code`, '
        "`message`, `pointer`, and where known `line`, `column`, `hint`. Codes and exit statuses are stable, messages "
        "are not.",
        _table("class|code|exit status|meaning", rows),
        "Exit statuses: 0 fine · 1 a check found something · 2 wrong usage or input · 3 a bug in llmreg (please report "
        "it) · 4 the schema's format has no plug-in · 130 interrupted · 141 the reader of a pipe went away.",
    )


def outputs_page() -> str:
    def told(name: str) -> str:
        return f"## {name}\n\n{inspect.cleandoc(outputs.get(name).__doc__ or '')}"

    return _page(
        "Outputs",
        "`llmreg check` and `llmreg diff` print the same report as any of these (`-o NAME`).",
        *(told(name) for name in outputs.names()),
    )


# -------------------------------------------------------------------------------------------------------- server


def http_page() -> str:
    """From the OpenAPI document, as the server gives it."""
    told = openapi.document(Table(found()).routes)
    sections = []
    for name, about in openapi.TAGS.items():
        operations = [
            (method, path, operation)
            for path, methods in told["paths"].items()
            for method, operation in methods.items()
            if name in operation["tags"]
        ]
        rows = [
            (f"`{method.upper()} {path}`", _cell(operation["summary"]), _query(operation), _permission(operation))
            for method, path, operation in operations
        ]
        sections.append(f"## {about}\n\n{_table('operation|what it gives|query|permission', rows)}")
    return _page(
        "The HTTP API",
        "What `llmreg serve` answers. The whole of it, with types and examples, is OpenAPI 3.1 at "
        "`/api/v1/openapi.json`. A subject's name has its slashes as they are or as `%2F`. Under `/api/v1` a refusal "
        "is problem+json (RFC 9457), elsewhere it is Confluent's `error_code` and `message`. GET answers have an ETag, "
        "and a `Cache-Control` that says `immutable` where the path names the content.",
        *sections,
    )


def _query(operation: dict[str, Any]) -> str:
    return ", ".join(f"`{one['name']}`" for one in operation["parameters"] if one["in"] == "query")


def _permission(operation: dict[str, Any]) -> str:
    """Only asked for where the server was told which tokens to trust."""
    wanted = [one for scheme in operation["security"] for one in scheme.get("token", ())]
    return f"`{wanted[0]}`" if wanted else ""


def metrics_page() -> str:
    text = Metrics().text().decode()
    about = dict(re.findall(r"^# HELP (\S+) (.+)$", text, re.MULTILINE))
    kinds = dict(re.findall(r"^# TYPE (\S+) (.+)$", text, re.MULTILINE))
    return _page(
        "Metrics",
        "What `/metrics` of `llmreg serve` tells Prometheus; with several workers, added up over all of them. No label "
        "names a subject or a client. [Monitoring](../guides/monitoring.md) says what to look at.",
        _table("metric|type|meaning", [(f"`{name}`", kinds[name], _cell(about[name])) for name in about]),
    )


def main() -> None:
    """Write every page whose text differs, and say which."""
    for path, text in pages().items():
        target = ROOT / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            print(f"wrote {path}")


if __name__ == "__main__":
    main()
