"""The page of a profile's rule, in plain text with headings, as the rules of formats have it."""

from __future__ import annotations

import re

from llmreg.llm.profiles.profile import EFFECTS, TIERS, Profile, ProfileRule

_VALUE = re.compile(r"\{(\w+)\}")


def summary(rule: ProfileRule) -> str:
    """The message without its values: `place`: every object needs …"""
    text = rule.message.replace("`{place}`: ", "").replace("{{", "{").replace("}}", "}")
    return _VALUE.sub(r"<\1>", text)


def page(profile: Profile, rule: ProfileRule) -> str:
    """Summary, then `Why it breaks:`, `Instead:` and `Reference:`."""
    limits = ", ".join(f"{key} {_said(value)}" for key, value in rule.args.items())
    fix = _VALUE.sub(r"<\1>", rule.fix)
    if rule.exported:
        strict = " --strict" if profile.strict else ""
        fix += f".\n    `llmreg export-tool --provider {profile.provider}{strict}` repairs it"
    lines = [f"{summary(rule)[:1].upper()}{summary(rule)[1:]}.", "", "Why it breaks:"]
    told = f"Evidence: {rule.tier} ({TIERS[rule.tier]}), seen {rule.seen}."
    lines.append(f"    Under {profile.label} {EFFECTS[rule.effect]}. {told}")
    if limits:
        lines.append(f"    Looks at: {limits}.")
    lines += ["", "Instead:", f"    {fix[:1].upper()}{fix[1:]}.", "", "Reference:", f"    {rule.source_url}"]
    return "\n".join(lines)


def _said(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
