"""Version ranges as npm writes them: `^1.2`, `~1.2`, `1.x`, `1.2 - 2.3`, `>=1 <2`, `||`; read as node's semver does.

A range is a list of alternatives, each a list of comparators that must all hold. A pre-release matches only an
alternative that names a pre-release of the same MAJOR.MINOR.PATCH itself (node-semver, "Prerelease Tags"). One
thing is refused that node takes by accident: a star glued to a version (`*1.2.3`, which it reads as `1.2.3`).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator

from llmreg.model.record import dataclass
from llmreg.model.version import MAX_PART, MAX_TEXT, Version, is_prerelease

_NUMBER = r"(0|[1-9]\d*|[xX*])"
_PARTIAL = rf"([v=\s]*){_NUMBER}(?:\.{_NUMBER}(?:\.{_NUMBER}(?:-([0-9A-Za-z.-]+))?)?)?"
_BUILD = re.compile(r"\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*")
_HYPHEN = re.compile(rf"{_PARTIAL}\s+-\s+{_PARTIAL}", re.ASCII)
_SIMPLE = re.compile(rf"(~>?|\^|[<>]?=?){_PARTIAL}", re.ASCII)
_COMPARATOR_GAP = re.compile(r"(\s?[<>]?=?)\s?([v=\s]*[0-9xX*])")  # `> 1.2` is `>1.2`
_TILDE_GAP = re.compile(r"(~>?|\^)\s")
NO_RANGE = "leave @ out for the latest version, or write a range: chat/reply@^1.2"
_ANY_RELEASE = frozenset({"", "latest"})
_ZERO = Version(0, 0, 0)
_HOLDS: dict[str, Callable[[Version, Version], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}


@dataclass(frozen=True, slots=True)
class Comparator:
    """`sign` is one of `<`, `<=`, `>`, `>=`, `=`."""

    sign: str
    version: Version

    def holds(self, version: Version) -> bool:
        return _HOLDS[self.sign](version, self.version)

    def __str__(self) -> str:
        return f"{'' if self.sign == '=' else self.sign}{self.version}"


@dataclass(frozen=True, slots=True)
class Range:
    """`alternatives` is never empty; an empty alternative is any release. `text` is what was written."""

    alternatives: tuple[tuple[Comparator, ...], ...]
    text: str = ""

    @classmethod
    def parse(cls, text: str) -> Range:
        """`latest` and the empty text are any release. Raises ValueError that says what is wrong."""
        if len(text) > MAX_TEXT:
            raise ValueError(f"a version range of {len(text)} characters; at most {MAX_TEXT}")
        if text.strip() in _ANY_RELEASE:
            return cls(((),), text)
        try:
            alternatives = [tuple(_alternative(part)) for part in text.split("||")]
        except ValueError as error:
            raise ValueError(f"{text[:60]!r} is not a version range: {error}") from None
        # node reads `* || 1.0.0-beta` as `*`, which matches no pre-release
        return cls(((),) if () in alternatives else tuple(dict.fromkeys(alternatives)), text)

    def matches(self, version: Version) -> bool:
        """Whether one alternative holds."""
        return any(_matches(alternative, version) for alternative in self.alternatives)

    def best(self, versions: Iterable[Version]) -> Version | None:
        """The highest version that matches; None when none does."""
        return max(filter(self.matches, versions), default=None)

    def __str__(self) -> str:
        """The range as comparators: `>=1.2.0 <2.0.0-0`; any release is `*`."""
        return " || ".join(" ".join(map(str, alternative)) or "*" for alternative in self.alternatives)


@dataclass(frozen=True, slots=True)
class _Partial:
    """A version with parts left out: None from the first `x` or missing part on, as far as node looks at it."""

    major: int | None
    minor: int | None
    patch: int | None
    prerelease: tuple[str, ...] = ()

    @property
    def full(self) -> bool:
        return None not in (self.major, self.minor, self.patch)

    def lowest(self) -> Version:
        """The first release that it stands for."""
        return Version(self.major or 0, self.minor or 0, self.patch or 0, self.prerelease if self.full else ())

    def after(self) -> Version:
        """The lowest version above everything that it stands for: `-0` sorts before every other pre-release."""
        major, minor, patch = self.major or 0, self.minor, self.patch
        if minor is None:
            return _bound(major + 1, 0, 0)
        return _bound(major, minor + 1, 0) if patch is None else _bound(major, minor, patch + 1)


def _matches(alternative: tuple[Comparator, ...], version: Version) -> bool:
    if not all(comparator.holds(version) for comparator in alternative):
        return False
    if not version.prerelease:
        return True
    number = (version.major, version.minor, version.patch)
    return any(
        comparator.version.prerelease
        and (comparator.version.major, comparator.version.minor, comparator.version.patch) == number
        for comparator in alternative
    )


def _alternative(text: str) -> Iterator[Comparator]:
    """The comparators of one side of `||`. `>=0.0.0` says nothing and is left out, as node does."""
    text = _BUILD.sub("", " ".join(text.split()))
    hyphen = _HYPHEN.fullmatch(text)
    if hyphen:
        comparators = [*_from(hyphen.groups()[:5]), *_to(hyphen.groups()[5:])]
    else:
        words = _TILDE_GAP.sub(r"\1", _COMPARATOR_GAP.sub(r"\1\2", text)).split()
        comparators = [comparator for word in words for comparator in _simple(word)]
    for comparator in comparators:
        if max(comparator.version.major, comparator.version.minor, comparator.version.patch) > MAX_PART:
            raise ValueError(f"a part is larger than {MAX_PART}")
        if comparator != Comparator(">=", _ZERO):
            yield comparator


def _simple(word: str) -> Iterable[Comparator]:
    """One word: a sign and a version that may be partial."""
    match = _SIMPLE.fullmatch(word)
    if match is None:
        raise ValueError(f"{word[:60]!r} is no version, with or without one of < <= > >= = ~ ^ before it")
    sign, groups = match.group(1), match.groups()[1:]
    partial = _partial(groups)
    if sign.startswith("~"):
        return _tilde(partial)
    if sign == "^":
        return _caret(partial)
    if partial.full:
        _refuse_prefix(groups[0] or "")
        return [Comparator(sign or "=", partial.lowest())]
    _refuse_order(word, groups[1:4])
    return _x_range(sign, partial)


def _tilde(partial: _Partial) -> list[Comparator]:
    """`~1.2.3` may grow in its patch, `~1` in its minor."""
    if partial.major is None:
        return []
    return _between(partial, _Partial(partial.major, partial.minor, None).after())


def _caret(partial: _Partial) -> list[Comparator]:
    """`^1.2.3` keeps the leftmost part that is not zero."""
    if partial.major is None:
        return []
    fixed = _Partial(partial.major, None, None)
    if partial.major == 0 and partial.minor is not None:
        fixed = _Partial(0, partial.minor, partial.patch if partial.minor == 0 else None)
    return _between(partial, fixed.after())


def _x_range(sign: str, partial: _Partial) -> list[Comparator]:
    """A partial version under a plain sign: `>1.2` begins at 1.3.0, `<=1.2` includes every 1.2."""
    if partial.major is None:
        return [Comparator("<", _bound(0, 0, 0))] if sign in ("<", ">") else []
    if sign in ("", "="):
        return _between(partial, partial.after())
    if sign in (">", "<="):
        after = partial.after()
        release = Version(after.major, after.minor, after.patch)
        return [Comparator(">=", release) if sign == ">" else Comparator("<", after)]
    lowest = partial.lowest()
    return [
        Comparator(">=", lowest) if sign == ">=" else Comparator("<", _bound(lowest.major, lowest.minor, lowest.patch))
    ]


def _from(groups: tuple[str | None, ...]) -> list[Comparator]:
    """The left side of a hyphen range."""
    partial = _partial(groups)
    if partial.full:
        _refuse_prefix(groups[0] or "")
    return [] if partial.major is None else [Comparator(">=", partial.lowest())]


def _to(groups: tuple[str | None, ...]) -> list[Comparator]:
    """The right side of a hyphen range: a partial version includes everything that it stands for."""
    partial = _partial(groups)
    if partial.full:
        _refuse_prefix("" if partial.prerelease else groups[0] or "")  # as node: it rewrites a pre-release
        return [Comparator("<=", partial.lowest())]
    return [] if partial.major is None else [Comparator("<", partial.after())]


def _between(partial: _Partial, after: Version) -> list[Comparator]:
    return [Comparator(">=", partial.lowest()), Comparator("<", after)]


def _bound(major: int, minor: int, patch: int) -> Version:
    return Version(major, minor, patch, ("0",))


def _partial(groups: tuple[str | None, ...]) -> _Partial:
    """Prefix, three parts and pre-release, as the pattern captured them."""
    prerelease = groups[4]
    if prerelease is not None and not is_prerelease(prerelease):  # even where node then ignores it
        raise ValueError(f"{prerelease[:60]!r} is no pre-release: words of letters, digits and '-' joined by dots")
    parts: list[int | None] = []
    for part in groups[1:4]:
        if part is None or part in "xX*":
            break
        parts.append(int(part))
    major, minor, patch = (*parts, None, None, None)[:3]
    return _Partial(major, minor, patch, tuple(prerelease.split(".")) if prerelease else ())


def _refuse_prefix(prefix: str) -> None:
    """Before a full version only one `v` may stand (partial ones are more forgiving in node, too)."""
    if prefix not in ("", "v"):
        raise ValueError(f"{prefix!r} before a version; only 'v' may stand there")


def _refuse_order(word: str, parts: tuple[str | None, ...]) -> None:
    """`*.2` and `1.x.3` ask for nothing sensible; node refuses them outside `~` and `^`."""
    wild = [part is None or part in "xX*" for part in parts]
    if wild != sorted(wild):
        raise ValueError(f"{word[:60]!r} fixes a part after one that is left open")
