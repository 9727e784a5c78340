"""What the server does is what its OpenAPI document says: schemathesis looks for a request where it is not.

The same requests every time; LLMREG_FUZZ=1000 asks for so many of each operation instead of a few."""

from __future__ import annotations

import os
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import ChecksConfig, GenerationConfig, PositiveDataAcceptanceConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import allow_header_conformance, unsupported_method

from llmreg.server.contract.openapi import document
from llmreg.server.routing import Table, found

_MANY = int(os.environ.get("LLMREG_FUZZ", "3"))
_CONFIG = SchemathesisConfig(seed=1)
_PROJECT = _CONFIG.projects.default
_PROJECT.generation = GenerationConfig(deterministic=True, max_examples=_MANY, database="none")
# what fits a type may still name a subject that is not there, or be no schema of its format
_PROJECT.checks = ChecksConfig(
    positive_data_acceptance=PositiveDataAcceptanceConfig(expected_statuses=["2xx", "3xx", 400, 404, 422])
)
SCHEMA = schemathesis.openapi.from_dict(document(Table(found()).routes), config=_CONFIG)
_METHODS = [unsupported_method, allow_header_conformance]
# a name may have several segments: a POST there looks up a schema in the subject `{subject}/metadata`
_AMBIGUOUS = {"/subjects/{subject}/metadata": _METHODS}
SCHEMA = SCHEMA.exclude(path="/api/v1/stream/changes")  # never ends; test_change_stream.py


@SCHEMA.parametrize()
@settings(max_examples=_MANY, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_the_server_does_what_its_description_says(case: Any, site: Any) -> None:
    wanted = requests.Request(**case.as_transport_kwargs(base_url="http://test")).prepare()
    content = wanted.body.encode() if isinstance(wanted.body, str) else wanted.body
    answer = site.request(wanted.method, wanted.url, headers=dict(wanted.headers), content=content)
    case.validate_response(answer, excluded_checks=_AMBIGUOUS.get(case.operation.path, []))
