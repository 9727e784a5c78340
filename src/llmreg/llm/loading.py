"""The JSON Schema that a command is given: a registered version, a subject's working file, or a loose file.

It stands beside the rooms because profiles (`lint`) and exports both begin with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, cast

from llmreg.compat.schemas import Schemas
from llmreg.compat.selector import pick, split
from llmreg.errors import UsageError, naming
from llmreg.formats import catalogue
from llmreg.formats.interface import Schema, Source, Validator
from llmreg.store import yamltext
from llmreg.store.registry import RegistryView

if TYPE_CHECKING:
    from llmreg.formats.json.schema import JsonSchema

_YAML = (".yaml", ".yml")
_FOREIGN = (".avsc", ".proto", ".jinja")


@dataclass(frozen=True)
class Loaded:
    """`label` names it (`chat/reply@1.2.0`, a path); `name` is what a tool of it is called; `path` is its file, from
    the registry's root where it lies in one; `source` the text as people wrote it; `editable` where that is a working
    or loose file."""

    label: str
    name: str
    path: str
    source: bytes
    schema: Schema
    settings: Mapping[str, Any]
    editable: bool = False
    description: str | None = None

    @property
    def document(self) -> Any:
        """The schema as a JSON value, keys in their order, numbers exact."""
        return cast("JsonSchema", self.schema).document

    @property
    def resources(self) -> Mapping[str, Any]:
        """The pinned documents that it refers to, by URI."""
        return {uri: item.document for uri, item in cast("JsonSchema", self.schema).resources.items()}

    @cached_property
    def validator(self) -> Validator:
        """Judges documents of the schema."""
        return catalogue.get("json").validator(self.schema, settings=self.settings)


def from_registry(view: RegistryView, text: str, *, working: bool = False) -> Loaded:
    """`SUBJECT@RANGE`; with `working` and no range the working file, where there is one.

    Raises NotFoundError, UsageError for a subject that holds no JSON Schema, InputError for one that is none."""
    name, wanted = split(text)
    subject = view.subject(name)
    if subject.config.format != "json":
        raise UsageError(f"{name} is {subject.config.format}: profiles and exports are for JSON Schema")
    schemas = Schemas(view)
    config = subject.config
    told: dict[str, Any] = {
        "name": name.rpartition("/")[2],
        "settings": config.settings,
        "description": config.description,
    }
    if working and not wanted and subject.working is not None:
        path, data = subject.working
        source = subject.working_source or b""
        return Loaded(
            name,
            path=path,
            source=source,
            schema=schemas.fresh(subject, data, f"{name} (working file)"),
            editable=True,
            **told,
        )
    line = pick(subject, wanted)
    version = str(line.version)
    return Loaded(
        f"{name}@{version}",
        path=subject.version_path(version),
        source=subject.version_bytes(version),
        schema=schemas.registered(subject, line.version),
        **told,
    )


def from_file(path: str, data: bytes, resolve: Callable[[str, str], Schema] | None = None) -> Loaded:
    """A loose file; `resolve` finds the pinned schemas that it refers to. Raises InputError, UsageError."""
    if PurePath(path).suffix in _FOREIGN:
        raise UsageError(f"{path}: profiles and exports are for JSON Schema")
    text = yamltext.to_json(data, path) if path.endswith(_YAML) else data
    with naming(path):
        schema = catalogue.get("json").parse(Source(text, name=path, resolve=resolve, strict=False, path=path))
    return Loaded(path, PurePath(path).name.split(".")[0], path, data, schema, {}, editable=True)
