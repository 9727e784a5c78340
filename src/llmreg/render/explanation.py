"""What `explain` tells about a finding: the sentence, both sides, the document, its proof, the rule's page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from llmreg.model.jsontext import dumps
from llmreg.model.pointer import lookup
from llmreg.render import witness as proof_text
from llmreg.render.options import RenderOptions
from llmreg.render.plain import clip
from llmreg.render.styled import Line, Word, line, to_text

_MAX_LINES = 24
_STYLES = {"error": "bold red", "warn": "yellow", "info": "cyan"}
_WRITES = {"writer": "writes", "reader": "reads"}


def explanation_text(entries: Sequence[Mapping[str, Any]], options: RenderOptions) -> str:
    """`entries` as `explain -o json` gives them, each with the `page` of its rule; a page is told once."""
    lines: list[Line] = []
    told: set[str] = set()
    for entry in entries:
        lines += [line(), *_entry(entry, told, options)] if lines else _entry(entry, told, options)
    return to_text(lines, options)


def _entry(entry: Mapping[str, Any], told: set[str], options: RenderOptions) -> Iterator[Line]:
    finding = entry["finding"]
    severity = str(finding.get("severity", ""))
    subject = f"  {entry['subject']}" if entry["subject"] else ""
    yield line(
        f"{entry['number']}. ",
        Word(severity, _STYLES.get(severity, "")),
        "  ",
        Word(str(finding["rule"]), "bold"),
        subject,
    )
    yield line(str(finding.get("message", "")), indent=3)
    for party in entry["parties"]:
        yield from _party(party, options)
    yield from _witness(entry, options)
    for key, head in (("waived", "waived"), ("fix", "fix")):
        if finding.get(key):
            yield from _block(head, [str(finding[key])])
    yield from _page(entry, told)


def _party(party: Mapping[str, Any], options: RenderOptions) -> Iterator[Line]:
    role = party["role"]
    where = party["pointer"] or "(root)"
    at = f" (line {party['line']})" if "line" in party else ""
    name = f"{party['name']} {_WRITES[role]}" if role in _WRITES else f"{role}: {party['name']}"
    yield line()
    yield line(Word(name, "bold"), f", at {where}{at}", indent=3)
    fragment = party.get("fragment")
    if fragment is not None:
        yield from _cut(str(fragment).split("\n"), options)


def _witness(entry: Mapping[str, Any], options: RenderOptions) -> Iterator[Line]:
    finding, document = entry["finding"], entry["witness"]
    proof = finding.get("witness")
    if not isinstance(proof, Mapping):
        if finding.get("claim"):
            yield from _block("no document shows it", [str(finding["claim"])])
        return
    yield from _block("the document", [])
    yield from _cut(proof_text.many_lines(document), options)
    if proof.get("bytes") is not None:
        yield line(f"in bytes: {clip(proof_text.spaced_hex(str(proof['bytes'])), options.width)}", indent=5)
    if proof.get("expected"):
        yield line(proof_text.outcome(str(proof["expected"])), indent=5)
    if entry["parts"]:
        yield from _block("what breaks in it", [_part(part, document) for part in entry["parts"]])
    engines = proof.get("confirmed_by")
    if isinstance(engines, list) and engines:
        yield from _block("confirmed by", [", ".join(map(str, engines))])
    commands = [party for party in entry["parties"] if "command" in party]
    yield from _block("check it by hand", [f"{party['command']}    # {party['expected']}" for party in commands])


def _part(part: Mapping[str, Any], document: Any) -> str:
    pointer = str(part["pointer"])
    try:
        value = f" is {clip(dumps(lookup(document, pointer)), 60)}" if pointer else ""
    except (LookupError, ValueError):
        value = ""
    place = f"  [schema {part['schema_pointer'] or '/'}]" if part.get("schema_pointer") is not None else ""
    return f"{pointer or 'the whole document'}{value}: {part['message']}{place}"


def _page(entry: Mapping[str, Any], told: set[str]) -> Iterator[Line]:
    page = entry.get("page")
    if not page:
        return
    head = f"{entry['format']} {page['id']}".strip()
    yield line()
    if head in told:
        yield line(f"the rule {page['id']}: as above", indent=3)
        return
    told.add(head)
    yield line(Word(f"the rule {page['id']}", "bold"), f"  (llmreg rules show {page['id']})", indent=3)
    yield from (line(text, indent=5) if text else line() for text in str(page["text"]).split("\n"))


def _block(head: str, texts: Sequence[str]) -> Iterator[Line]:
    if texts or head == "the document":
        yield line()
        yield line(Word(head, "bold"), indent=3)
        yield from (line(text, indent=5) for text in texts)


def _cut(texts: Sequence[str], options: RenderOptions) -> Iterator[Line]:
    yield from (line(clip(text, max(options.width - 5, 20)), indent=5) for text in texts[:_MAX_LINES])
    if len(texts) > _MAX_LINES:
        yield line(f"… {len(texts) - _MAX_LINES} more lines; --output json shows all of it", indent=5)
