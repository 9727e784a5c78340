"""One export: the projection of a schema for a provider, its manifest, and what `decode` needs to undo it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from llmreg.errors import InputError, UsageError
from llmreg.llm.export.bundle import bundle
from llmreg.llm.export.context import DROP
from llmreg.llm.export.definition import OUTPUT_KINDS, definition, fitting_name
from llmreg.llm.export.project import Projector
from llmreg.llm.export.steps import Effect, Step
from llmreg.llm.export.targets import OPTIONAL, Target, target
from llmreg.llm.profiles import catalogue
from llmreg.llm.profiles.engine import lint_schema
from llmreg.model.finding import Finding, Severity
from llmreg.model.pointer import join
from llmreg.model.problem import Problem

WRAPPED = "value"
_COMBINED = ("anyOf", "oneOf", "allOf", "enum", "not", "$ref")
_MAX_TOLD = 3


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """`optional`: how optional properties are written (`null`, `omit`, `required`); None is the provider's own way.
    `lossy`: whether steps that lose something are let pass. `output_kind`: `tool` or `response-format`."""

    provider: str
    strict: bool = False
    optional: str | None = None
    lossy: bool = False
    name: str | None = None
    description: str | None = None
    output_kind: str = "tool"


@dataclass(frozen=True, slots=True)
class Export:
    """`schema` is the projection, `definition` what goes into a request. `drops`: by the pointer of an object in the
    projection, the properties whose null means absence. `wrapped`: the document stands under `value`. `plain`: nothing
    else was done to the schema. `findings`: what the profile still says of the projection."""

    source: str
    provider: str
    profile: str
    name: str
    schema: dict[str, Any]
    definition: dict[str, Any]
    steps: tuple[Step, ...] = ()
    drops: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wrapped: bool = False
    plain: bool = False
    findings: tuple[Finding, ...] = ()

    @property
    def lossy(self) -> tuple[Step, ...]:
        """The steps after which the decoded answers are not exactly the documents of the schema."""
        return tuple(step for step in self.steps if step.effect.lossy)

    def to_json(self) -> dict[str, Any]:
        """`{"source", "provider", "profile", "name", "lossy", "definition", "manifest", "findings"}`."""
        return {
            "source": self.source,
            "provider": self.provider,
            "profile": self.profile,
            "name": self.name,
            "lossy": bool(self.lossy),
            "definition": self.definition,
            "manifest": [step.to_json() for step in self.steps],
            "findings": [finding.to_json() for finding in self.findings],
        }


def export_schema(
    document: Any, options: ExportOptions, *, source: str = "schema", resources: Mapping[str, Any] | None = None
) -> Export:
    """Project a JSON Schema (a JSON value) for a provider; `resources` are the pinned documents that it refers to, by
    URI. `source` names it, such as `chat/reply@1.2.0`.

    Raises InputError with one problem for each step that loses something, unless `options.lossy`; UsageError for wrong
    options; LimitError for a schema that grows too large."""
    _refuse_nonsense(options)
    chosen = target(options.provider, strict=options.strict)
    whole = bundle(document, resources or {})
    projected = _plain(whole, chosen) if chosen.plain else _projected(whole, chosen, options)
    schema, steps, wrapped = projected
    if not options.lossy:
        _refuse_loss([step for step in steps if step.effect.lossy and not step.asked], options, source)
    name, changed = fitting_name(chosen, options.name, source.partition("@")[0])
    if changed:
        steps.append(Step("name", "", Effect.ANNOTATION, f"the name is written `{name}`"))
    drops: dict[str, tuple[str, ...]] = {}
    schema = _finished(schema, "", drops)
    about = options.description or (whole.get("description") if isinstance(whole, dict) else None)
    profile = catalogue.get(chosen.profile)
    findings = lint_schema(schema, profile, name=name)
    _refuse_unfit(findings, options, source)
    return Export(
        source=source,
        provider=chosen.provider,
        profile=profile.label,
        name=name,
        schema=schema,
        definition=definition(chosen, schema, name, about if isinstance(about, str) else None, options.output_kind),
        steps=tuple(steps),
        drops=drops,
        wrapped=wrapped,
        plain=chosen.plain,
        findings=tuple(findings),
    )


def _refuse_nonsense(options: ExportOptions) -> None:
    if options.optional is not None and options.optional not in OPTIONAL:
        raise UsageError(f"optional is one of {', '.join(OPTIONAL)}, not {options.optional!r}")
    if options.output_kind not in OUTPUT_KINDS:
        raise UsageError(f"the output kind is one of {', '.join(OUTPUT_KINDS)}, not {options.output_kind!r}")


def _projected(whole: Any, chosen: Target, options: ExportOptions) -> tuple[dict[str, Any], list[Step], bool]:
    projector = Projector(whole, chosen, options.optional)
    found = projector.context.value(whole, "")
    if not isinstance(found, dict):
        problems = [_problem(step) for step in projector.context.steps.values() if step.effect.lossy]
        raise InputError(f"nothing of this schema can be said for {chosen.provider}", problems=problems)
    if "$ref" in found:
        inner = projector.definitions[found["$ref"].rpartition("/")[2]]
        found = dict(inner) if isinstance(inner, dict) else {}
    steps = list(projector.context.steps.values())
    wrapped = chosen.provider != "llguidance" and (found.get("type") != "object" or "nullable" in found)
    if wrapped:
        found = _wrapped(found, chosen)
        steps.append(
            Step("wrapped", "", Effect.SAME, f"the root must be an object: the document stands in `{WRAPPED}`")
        )
    used = _used(found, projector.definitions)
    return ({**found, "$defs": used} if used else found), steps, wrapped


def _wrapped(inner: dict[str, Any], chosen: Target) -> dict[str, Any]:
    closing = {"additionalProperties": False} if chosen.closed else {}
    return {"type": "object", "properties": {WRAPPED: inner}, "required": [WRAPPED], **closing}


def _used(schema: dict[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The definitions that are reached, in the order in which they are met."""
    found: dict[str, Any] = {}
    stack: list[Any] = [schema]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            reference = item.get("$ref")
            name = reference.rpartition("/")[2] if isinstance(reference, str) else None
            if name is not None and name in definitions and name not in found:
                found[name] = definitions[name]
                stack.append(definitions[name])
            stack.extend(reversed(list(item.values())))
        elif isinstance(item, list):
            stack.extend(reversed(item))
    return found


def _plain(whole: Any, chosen: Target) -> tuple[dict[str, Any], list[Step], bool]:
    """For providers that take any schema: only the root must be an object, which one of them wants listed."""
    if isinstance(whole, dict) and whole.get("type") == "object" and not any(word in whole for word in _COMBINED):
        return _listed(whole) if chosen.listed and "properties" not in whole else (whole, [], False)
    uri = "llmreg:document"
    inner = bundle({"$ref": uri}, {uri: whole})
    step = Step("wrapped", "", Effect.SAME, f"the root must be an object: the document stands in `{WRAPPED}`")
    root = _wrapped({"$ref": inner["$ref"]}, chosen)
    said = {"$schema": whole["$schema"]} if isinstance(whole, dict) and "$schema" in whole else {}  # its draft
    return {**said, **root, "$defs": inner["$defs"]}, [step], True


def _listed(whole: dict[str, Any]) -> tuple[dict[str, Any], list[Step], bool]:
    step = Step("properties_listed", "", Effect.SAME, "the root must list its properties: `properties` is added, empty")
    said: dict[str, Any] = {}
    for key, value in whole.items():  # in the order of the schema
        said |= {key: value, "properties": {}} if key == "type" else {key: value}
    return said, [step], False


def _finished(value: Any, pointer: str, drops: dict[str, tuple[str, ...]]) -> Any:
    """The projection without the marks that were kept on its objects; they go into `drops`."""
    if isinstance(value, list):
        return [_finished(item, join(pointer, index), drops) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if DROP in value:
        drops[pointer] = tuple(value[DROP])
    return {key: _finished(item, join(pointer, key), drops) for key, item in value.items() if key != DROP}


def _refuse_loss(steps: list[Step], options: ExportOptions, source: str) -> None:
    if not steps:
        return
    named = "; ".join(f"{step.pointer or '/'}: {step.why}" for step in steps[:_MAX_TOLD])
    more = f" (and {len(steps) - _MAX_TOLD} more)" if len(steps) > _MAX_TOLD else ""
    raise InputError(
        f"{source} cannot be said for {options.provider} without loss: {named}{more}",
        problems=[_problem(step) for step in steps],
        hint="--lossy allow exports it anyway; the manifest lists what is lost, and decode checks every answer",
    )


def _refuse_unfit(findings: list[Finding], options: ExportOptions, source: str) -> None:
    """What no step can repair, such as a budget: the provider would refuse the request."""
    wrong = [finding for finding in findings if finding.severity is Severity.ERROR]
    if wrong:
        raise InputError(
            f"{source} cannot be said for {options.provider}: {wrong[0].message}",
            problems=[Problem(item.rule, item.message, item.reader.pointer if item.reader else "") for item in wrong],
            hint=f"{wrong[0].fix}; --optional required or omit lowers what optional properties count",
        )


def _problem(step: Step) -> Problem:
    return Problem(f"export-{step.what.replace('_', '-')}", f"{step.effect}: {step.why}", step.pointer)
