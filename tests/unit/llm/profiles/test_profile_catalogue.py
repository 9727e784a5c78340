"""The data files: found by looking, dated, each rule with its evidence; old dates keep their verdict."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from llmreg.errors import NotFoundError, RegistryError
from llmreg.llm.profiles import catalogue, pages
from llmreg.llm.profiles.engine import PREDICATES, lint_schema
from llmreg.llm.profiles.profile import read
from llmreg.model.finding import Severity
from llmreg.ops.rules import rule

FILES = {path.stem for path in (Path(catalogue.__file__).parent / "data").glob("*.toml")}


def test_profiles_are_found_by_looking() -> None:
    names = {label.partition("@")[0] for label in FILES}
    assert set(catalogue.labels()) == FILES
    assert set(catalogue.names()) == names >= {"openai-strict", "anthropic-strict", "gemini-openapi", "mcp-tool"}
    assert {profile.id for profile in catalogue.choose(("all",))} == names


@pytest.mark.parametrize("label", catalogue.labels())
def test_every_rule_has_its_evidence(label: str) -> None:
    profile = catalogue.get(label)
    assert profile.label == label
    assert len({item.id for item in profile.rules}) == len(profile.rules)
    for item in profile.rules:
        assert item.test in PREDICATES
        assert item.source_url.startswith("https://")
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", item.seen)
        assert item.id.startswith(profile.id.replace("-", "_") + "_")
        assert item.tier != "reported" or item.severity in (Severity.WARN, Severity.OFF)
        assert pages.page(profile, item).count("\n\n") == 3


def test_a_date_pins_and_no_date_is_the_newest() -> None:
    assert catalogue.get("openai-strict") is not catalogue.get("openai-strict@2025-06")
    assert catalogue.get("openai-strict").date == "2026-08"
    assert catalogue.get("mcp-tool").date == "2026-07-28"
    with pytest.raises(NotFoundError, match="no profile openai-strict of 1999"):
        catalogue.get("openai-strict@1999")
    with pytest.raises(NotFoundError, match="no profile 'nope'"):
        catalogue.get("nope")


def test_rules_are_shown_with_source_and_date() -> None:
    entry = rule("openai_strict_one_of")[0]
    assert entry.scope == "openai-strict@2026-08"
    assert "seen 2026-04-01" in entry.page
    assert "https://github.com/livekit/agents/issues/5302" in entry.page


@pytest.mark.parametrize(
    "text",
    [
        "title = 1 2",
        'title = "t"',
        'title="t"\nabout="a"\nprovider="openai"\nsource_url="https://a"\nseen="2026-01-01"\n[[rules]]\nid="a"\n'
        'test="keyword"\ntier="reported"\nmessage="m"\nfix="f"\n',
    ],
)
def test_a_broken_profile_is_refused(text: str) -> None:
    with pytest.raises(RegistryError):
        read(text, "mine", "2026-01", catalogue.get)


@pytest.mark.parametrize("revision", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_older_mcp_revisions_refuse_only_what_their_published_schema_refuses(revision: str) -> None:
    profile = catalogue.get(f"mcp-tool@{revision}")
    fine = {"type": "object", "properties": {"a": {"$ref": "https://example.org/a.json"}}}
    findings = lint_schema(fine, profile, name="a name with spaces")
    assert all(finding.severity is Severity.WARN for finding in findings)
    assert {rule.id for rule in profile.rules if rule.severity is Severity.ERROR} == {
        "mcp_tool_root_type",
        "mcp_tool_property_boolean",
    }
