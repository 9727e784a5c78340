"""Find profiles by looking into the folder `data/`."""

from __future__ import annotations

from functools import cache
from importlib import resources

from llmreg.errors import NotFoundError
from llmreg.llm.profiles.profile import Profile, read

ALL = "all"
_SUFFIX = ".toml"


@cache
def labels() -> tuple[str, ...]:
    """Every profile as `id@date`, sorted, so that the newest of an id stands last."""
    found = (file.name for file in resources.files("llmreg.llm.profiles.data").iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


@cache
def names() -> tuple[str, ...]:
    """Every profile's id, sorted, without dates."""
    return tuple(sorted({label.partition("@")[0] for label in labels()}))


@cache
def get(name: str) -> Profile:
    """The profile `openai-strict@2026-08`; without a date the newest. Raises NotFoundError that lists what there is."""
    identity, _, date = name.partition("@")
    dates = [label.partition("@")[2] for label in labels() if label.partition("@")[0] == identity]
    if not dates:
        raise NotFoundError(f"no profile {identity!r}", hint=f"one of {', '.join(names())}")
    if not date:
        date = dates[-1]
    if date not in dates:
        raise NotFoundError(f"no profile {identity} of {date}", hint=f"there is {', '.join(dates)}")
    file = resources.files("llmreg.llm.profiles.data") / f"{identity}@{date}{_SUFFIX}"
    return read(file.read_text(encoding="utf-8"), identity, date, get)


def choose(wanted: tuple[str, ...]) -> tuple[Profile, ...]:
    """The profiles of these names, each once; `all` is the newest of every id. Raises NotFoundError."""
    asked = [name for item in wanted for name in (names() if item == ALL else (item,))]
    return tuple({profile.label: profile for profile in map(get, asked)}.values())
