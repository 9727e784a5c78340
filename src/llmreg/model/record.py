"""`dataclass`, `field` and `replace` as the standard library has them, at a tenth of the cost at start-up.

The standard decorator writes and compiles five methods for each class when its module is imported, and imports
`inspect` to do so: a quarter of what the hook spent, on classes that it mostly makes no object of. Here `__init__` is
compiled when the first object is made and the other methods are shared. A type checker sees the standard library, and
`dataclasses.fields`, `asdict` and `replace` take these classes for dataclasses.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass, field, replace

__all__ = ["dataclass", "field", "replace"]

_NONE: Any = object()
_FIELDS = "__record_fields__"  # name → _Field, those of the bases first
_VALUES = "__record_values__"  # what compares, of one object


class _Field:
    """What follows the `=` of one annotation."""

    __slots__ = ("compare", "default", "factory")

    def __init__(self, default: Any = _NONE, factory: Callable[[], Any] = _NONE, *, compare: bool = True) -> None:
        self.default = default
        self.factory = factory
        self.compare = compare


if not TYPE_CHECKING:

    def field(*, default=_NONE, default_factory=_NONE, compare=True):
        """What follows the `=` where a plain default does not say enough."""
        return _Field(default, default_factory, compare=compare)

    def dataclass(*, frozen=False, slots=False, eq=True):
        """The decorator, with the parts of it that are used here."""
        return lambda cls: _made(cls, _methods(frozen=frozen, slots=slots, eq=eq), slots=slots)

    def replace(record, /, **changes):
        """A copy with some fields changed; TypeError for a name that is no field."""
        for name in record.__match_args__:
            if name not in changes:
                changes[name] = getattr(record, name)
        return type(record)(**changes)


def _made(cls: type, methods: dict[str, Any], *, slots: bool) -> type:
    """The class once more: slots cannot be added to one that exists."""
    space = {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__")}
    own = list(space.get("__annotations__", {}))
    fields = {**getattr(cls, _FIELDS, {}), **{name: _field_of(space, name) for name in own}}
    if slots:
        space["__slots__"] = tuple(name for name in own if name not in getattr(cls, _FIELDS, {}))
    space |= {name: method for name, method in methods.items() if name not in space}
    space |= {_FIELDS: fields, "__match_args__": tuple(fields), "__dataclass_fields__": _STANDARD}
    made = type(cls)(cls.__name__, cls.__bases__, space)
    made.__qualname__ = cls.__qualname__
    return made


def _field_of(space: dict[str, Any], name: str) -> _Field:
    """The annotation's field; its default leaves the class, where the slot stands."""
    default = space.pop(name, _NONE)
    return default if isinstance(default, _Field) else _Field(default)


def _methods(*, frozen: bool, slots: bool, eq: bool) -> dict[str, Any]:
    methods: dict[str, Any] = {"__init__": _first_init, "__repr__": _repr}
    if eq:
        methods |= {"__eq__": _eq, "__hash__": _hash if frozen else None}
    if frozen:
        methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
    if slots:
        methods["__reduce__"] = _reduce
    return methods


def _first_init(self: Any, *arguments: Any, **named: Any) -> None:
    """Stands for `__init__` until the first object of a class is made."""
    owner = next(cls for cls in type(self).__mro__ if vars(cls).get("__init__") is _first_init)
    owner.__init__ = _compiled(owner, getattr(owner, _FIELDS))  # type: ignore[misc] # that is the point
    owner.__init__(self, *arguments, **named)


def _compiled(owner: type, fields: dict[str, _Field]) -> Callable[..., None]:
    """`__init__` with the parameters that the annotations say, in their order."""
    known: dict[str, Any] = {"NONE": _NONE}
    head, body = ["self"], ["pass"]
    for name, item in fields.items():
        value, default = name, ""
        if item.factory is not _NONE:
            known[f"make_{name}"] = item.factory
            value, default = f"make_{name}() if {name} is NONE else {name}", "=NONE"
        elif item.default is not _NONE:
            known[f"default_{name}"] = item.default
            default = f"=default_{name}"
        head.append(name + default)
        known[f"set_{name}"] = _setter(owner, name)
        body.append(f"set_{name}(self, {value})")
    exec(f"def __init__({', '.join(head)}):\n " + "\n ".join(body), known)  # noqa: S102 -- names of our own classes
    made: Callable[..., None] = known["__init__"]
    made.__qualname__ = f"{owner.__qualname__}.__init__"
    return made


def _setter(owner: type, name: str) -> Callable[[Any, Any], None]:
    """Past the `__setattr__` that refuses: the slot's own, or one for the object's dictionary."""
    slot = getattr(owner, name, None)
    if slot is not None:
        setter: Callable[[Any, Any], None] = slot.__set__
        return setter
    return lambda self, value: object.__setattr__(self, name, value)


def _values(cls: Any) -> Callable[[Any], Any]:
    """What of an object compares; kept with its class."""
    if _VALUES not in vars(cls):
        names = [name for name, item in getattr(cls, _FIELDS).items() if item.compare]
        setattr(cls, _VALUES, staticmethod(attrgetter(*names) if names else lambda _: ()))
    values: Callable[[Any], Any] = getattr(cls, _VALUES)
    return values


def _eq(self: Any, other: object) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    values = _values(self.__class__)
    return values(self) == values(other)


def _hash(self: Any) -> int:
    return hash(_values(self.__class__)(self))


def _repr(self: Any) -> str:
    told = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
    return f"{type(self).__qualname__}({told})"


def _refuse(self: Any, name: str, *_: Any) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"{type(self).__qualname__} is frozen: {name!r} stays what it is")


def _reduce(self: Any) -> tuple[type, tuple[Any, ...]]:
    return type(self), tuple(getattr(self, name) for name in self.__match_args__)


class _StandardFields:
    """`__dataclass_fields__`, made where the standard library asks for it."""

    def __get__(self, _: object, cls: type) -> Any:
        import dataclasses

        made: list[tuple[str, Any, Any]] = []
        for name, item in getattr(cls, _FIELDS).items():
            said = {"default": item.default, "default_factory": item.factory}
            said = {key: value for key, value in said.items() if value is not _NONE}
            made.append((name, Any, dataclasses.field(compare=item.compare, **said)))
        standard: Any = dataclasses.make_dataclass(cls.__name__, made)
        return standard.__dataclass_fields__


_STANDARD = _StandardFields()
