"""Read `llmreg.yaml` and `subject.yaml`: every defect placed, nothing guessed; and write the first ones."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from llmreg.errors import DocumentError, InputError
from llmreg.model.jsontext import dumps
from llmreg.model.pointer import join
from llmreg.model.problem import Problem
from llmreg.model.subject import RegistryConfig, SubjectConfig
from llmreg.store import flatyaml
from llmreg.store.settings import REGISTRY, SUBJECT, Setting
from llmreg.store.values import LIKE, Misfit, nearest

_MAX_BYTES = 1 << 20


def read_registry(data: bytes, name: str = "llmreg.yaml") -> RegistryConfig:
    """The registry's settings. Raises InputError with one placed Problem per defect."""
    values, _ = read_settings(data, name, REGISTRY, required="registry")
    return RegistryConfig(**values)


def read_subject(data: bytes, name: str = "subject.yaml") -> SubjectConfig:
    """One subject's facts. Raises InputError with one placed Problem per defect."""
    values, settings = read_settings(data, name, SUBJECT, required="format")
    return SubjectConfig(**values, settings=settings)


def read_settings(
    data: bytes, name: str, table: Sequence[Setting], *, required: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(fields, settings of a format) of a file with these settings. Raises InputError with every defect placed."""
    document = _document(data, name)
    if not isinstance(document, dict):
        said = "expected a mapping of settings"
        raise DocumentError(f"{name}: {said}", problems=[Problem("config-type", said)])
    known = {setting.key: setting for setting in table}
    fields: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in document.items():
        setting = known.get(key)
        if setting is None:
            problems.append(Problem("unknown-key", f"unknown key {key!r}", join("", key), hint=nearest(key, known)))
            continue
        try:
            (extra if setting.target is None else fields)[setting.target or key] = setting.read(value)
        except Misfit as misfit:
            place = join("", key) + misfit.pointer
            problems.append(Problem("bad-value", f"`{key}`: {misfit.message}", place, hint=misfit.hint))
    if required not in document:
        example = f"{required}: {known[required].example}"
        problems.append(Problem("missing-key", f"`{required}` is missing", hint=f"write `{example}`"))
    if problems:
        raise _refusal(data, name, problems)
    if LIKE in fields.get("policy", ()):
        fields[LIKE] = fields["policy"].pop(LIKE)
    return fields, {key: value for key, value in extra.items() if known[key].target is None and key != "registry"}


def _document(data: bytes, name: str) -> Any:
    """The file's content; the YAML parser is loaded where it is needed."""
    flat = flatyaml.read(data) if len(data) <= _MAX_BYTES else None
    if flat is not None:
        return flat
    from llmreg.store import yamltext

    document = yamltext.load(data, name, max_bytes=_MAX_BYTES)
    return {} if document is None else document


def _refusal(data: bytes, name: str, problems: Sequence[Problem]) -> InputError:
    from llmreg.store import yamltext

    placed = []
    for problem in problems:
        line, column = yamltext.locate(data, problem.pointer) or (None, None)
        placed.append(
            Problem(problem.code, problem.message, problem.pointer, line=line, column=column, hint=problem.hint)
        )
    first = placed[0]
    more = f" (and {len(placed) - 1} more)" if len(placed) > 1 else ""
    where = f"{name}:{first.line}" if first.line else name
    return InputError(f"{where}: {first.message}{more}", problems=placed, hint=first.hint)


def render_registry_yaml() -> bytes:
    """`llmreg.yaml` of a new registry: the mark, and what may be set."""
    lines = ["# The settings of this schema registry. What is commented out shows an example.", "registry: 1"]
    for setting in REGISTRY[1:]:
        lines += ["", f"# {setting.help}", f"# {setting.key}: {setting.example}"]
    return ("\n".join(lines) + "\n").encode()


def render_subject_yaml(config: SubjectConfig) -> bytes:
    """`subject.yaml` of a new subject: what is set, in the table's order; texts are quoted where YAML needs it."""
    lines = []
    for setting in SUBJECT:
        value = config.settings.get(setting.key) if setting.target is None else getattr(config, setting.target)
        if setting.key == "policy" and config.like is not None:
            value = {LIKE: config.like, **config.policy}
        if value is None or value in ((), {}) or setting.key in ("status", "waivers"):
            continue
        lines.append(f"{setting.key}: {scalar(value)}")
    return ("\n".join(lines) + "\n").encode()


def scalar(value: Any) -> str:
    """One line of YAML for a JSON value: plain text where that reads back as the same text, else its JSON form."""
    if isinstance(value, str):
        plain = str(value)
        simple = plain and plain[0].isalpha() and all(char.isalnum() or char in " ._-/@" for char in plain)
        if simple and plain.isascii() and plain == plain.strip() and _reads_back(plain):
            return plain
        return dumps(plain)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {scalar(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(scalar(item) for item in value) + "]"
    return dumps(value)


@lru_cache(maxsize=256)
def _reads_back(plain: str) -> bool:
    """Cached: a batch writes `json` and `data` a thousand times."""
    from llmreg.store import yamltext

    try:
        return bool(yamltext.load(plain) == plain)
    except DocumentError:
        return False
