"""Bindings and calls of a model as the API takes and gives them: types for checking and for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw, Struct

from llmreg.server.contract.bodies import DataReport


class BoundVersion(Struct, kw_only=True, forbid_unknown_fields=True):
    """One role of a binding: `range` is what its file says, `version` what that resolves to."""

    role: str
    subject: str
    range: str
    version: str
    sha256: str
    digests: dict[str, str]


class Exemption(Struct, kw_only=True, forbid_unknown_fields=True):
    """A reviewed waiver: `allow` lists rules, or rule:pointer; `until` is its last day."""

    allow: list[str]
    reason: str
    until: str


class Binding(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A model with the subjects that it reads and writes. `problems`: the roles that no version fills."""

    name: str
    model: str
    profiles: list[str]
    tools: list[str]
    bound: list[BoundVersion]
    problems: list[str]
    environment: str | None = None
    owner: str | None = None
    description: str | None = None
    input: str | None = None
    output: str | None = None
    prompt: str | None = None
    custom: dict[str, Any] | None = None
    policy: dict[str, str] | None = None
    waivers: list[Exemption] | None = None


class Bindings(Struct, kw_only=True, forbid_unknown_fields=True):
    """Every binding, by name."""

    bindings: list[Binding]


class InferenceRequest(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a model was given and what it answered; one of them may be left out."""

    input: Annotated[Raw, Meta(description="What the model was given")] | msgspec.UnsetType = msgspec.UNSET
    output: Annotated[Raw, Meta(description="What the model answered")] | msgspec.UnsetType = msgspec.UNSET


class InferenceReport(Struct, kw_only=True):
    """Two reports; null for a side that was left out. `valid` when every side that was sent is."""

    binding: str
    valid: bool
    input: DataReport | None
    output: DataReport | None
