"""The page of what changed lately, newest first, by day."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

from llmreg.index.reader import IndexedSubject
from llmreg.index.rows import EventRow
from llmreg.render.pages import links
from llmreg.render.pages.engine import render
from llmreg.render.pages.links import CHANGES, Here
from llmreg.render.pages.site import Site
from llmreg.render.pages.words import EVENTS, day, moment

_SHOWN = 200
_TONES = {"registered": "quiet", "deprecated": "doubt", "retired": "bad", "breaks": "major"}


class Change(NamedTuple):
    """`link` is empty when the version is gone."""

    what: str
    tone: str
    subject: str
    version: str
    link: str
    detail: str
    commit: str
    moment: str


def changes_page(site: Site) -> bytes:
    here = Here(CHANGES)
    info = site.index.info
    events = site.index.recent(_SHOWN)
    known: dict[str, IndexedSubject | None] = {}
    for name in {event.subject for event in events}:
        known[name] = site.subject(name)
    days = [
        (date, [_change(here, event, known[event.subject]) for event in group])
        for date, group in groupby(events, key=lambda event: day(event.time))
    ]
    return render("changes.html", here=here, info=info, days=days, day=day(info.time), moment=moment(info.time))


def _change(here: Here, event: EventRow, subject: IndexedSubject | None) -> Change:
    what = EVENTS[event.type]
    there = subject is not None and any(item.version == event.version for item in subject.versions)
    against = event.body.get("against") if what == "breaks" else None
    if not there:
        link = ""
    elif against:
        link = here.to(links.diff_page(event.subject, str(against), event.version))
    else:
        link = here.version(event.subject, event.version)
    return Change(
        what=what,
        tone=_TONES[what],
        subject=event.subject,
        version=event.version,
        link=link,
        detail=_detail(event, what),
        commit=str(event.body.get("commit", ""))[:12],
        moment=moment(event.time),
    )


def _detail(event: EventRow, what: str) -> str:
    if what == "registered":
        return f"{event.body.get('bump', '')} version".strip()
    if what == "breaks":
        findings = event.body.get("findings") or []
        first = str(findings[0].get("message", "")) if findings else ""
        return first + (f" … and {len(findings) - 1} more" if len(findings) > 1 else "")
    return str(event.body.get("reason") or "")
