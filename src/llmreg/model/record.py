"""`dataclass`, `field` and `replace` as the standard library has them, at a tenth of the cost at start-up.

The standard decorator writes and compiles five methods for each class when its module is imported, and imports
`inspect` to do so: a quarter of what the hook spent, on classes that it mostly makes no object of. Here `__init__` is
compiled when the first object is made and the other methods are shared. A type checker sees the standard library, and
`dataclasses.fields`, `asdict` and `replace` take these classes for dataclasses. What of the decorator is not here
(`order`, `kw_only`, `KW_ONLY`, `InitVar`, `ClassVar`, `metadata`) nobody needs: such a class takes the standard one.
"""

from __future__ import annotations

from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass, field, replace

__all__ = ["dataclass", "field", "replace"]

_NONE: Any = object()
_FIELDS = "__record_fields__"  # name → _Field, those of the bases first
_MADE = "__record_methods__"  # the names of the methods that the decorator made for this class


class _Field:
    """What follows the `=` of one annotation."""

    __slots__ = ("compare", "default", "factory", "init", "repr")

    def __init__(
        self,
        default: Any = _NONE,
        default_factory: Callable[[], Any] = _NONE,
        init: bool = True,
        repr: bool = True,
        compare: bool = True,
    ) -> None:
        if type(default).__hash__ is None:
            raise ValueError(f"{default!r} would be shared by all objects: use default_factory")
        self.default, self.factory = default, default_factory
        self.init, self.repr, self.compare = init, repr, compare


if not TYPE_CHECKING:
    field = _Field

    def dataclass(*, frozen=False, slots=False, eq=True):
        """The decorator, with the parts of it that are used here."""
        return lambda cls: _made(cls, _methods(frozen=frozen, slots=slots, eq=eq), slots=slots)

    def replace(record, /, **changes):
        """A copy with some fields changed; TypeError for a name that is no field."""
        fields = getattr(type(record), _FIELDS, None)
        if fields is None:
            from dataclasses import replace as standard

            return standard(record, **changes)
        for name, item in fields.items():
            if item.init and name not in changes:
                changes[name] = getattr(record, name)
        return type(record)(**changes)


def _made(cls: type, methods: dict[str, Any], *, slots: bool) -> type:
    """The class, or with slots the class once more: they cannot be added to one that exists."""
    space = {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__")}
    inherited, own = getattr(cls, _FIELDS, {}), list(space.get("__annotations__", {}))
    fields = {**inherited, **{name: _field_of(space, name) for name in own}}
    added = {name: method for name, method in methods.items() if name not in space}
    added |= {
        _MADE: tuple(added),
        _FIELDS: fields,
        "__match_args__": tuple(name for name, item in fields.items() if item.init),
        "__dataclass_fields__": _STANDARD,
    }
    if slots:
        added["__slots__"] = tuple(name for name in own if name not in inherited)
        made = type(cls)(cls.__name__, cls.__bases__, space | added)
        made.__qualname__ = cls.__qualname__
        return made
    for name in vars(cls).keys() - space.keys() - {"__dict__", "__weakref__"}:
        delattr(cls, name)  # a default, which `__init__` now knows
    for name, value in added.items():
        setattr(cls, name, value)
    return cls


def _field_of(space: dict[str, Any], name: str) -> _Field:
    """The annotation's field; its default leaves the class, where the slot stands."""
    default = space.pop(name, _NONE)
    return default if isinstance(default, _Field) else _Field(default)


def _methods(*, frozen: bool, slots: bool, eq: bool) -> dict[str, Any]:
    methods: dict[str, Any] = {"__init__": _first_init, "__repr__": _repr, "__replace__": replace}
    if eq:
        methods |= {"__eq__": _first_eq, "__hash__": _first_hash if frozen else None}
    if frozen:
        methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
    if slots:
        methods["__reduce__"] = _reduce
    return methods


def _first_init(self: Any, *arguments: Any, **named: Any) -> None:
    """Stands for `__init__` until the first object of a class is made."""
    owner = _owner(self, "__init__")
    owner.__init__ = made = _compiled(owner, getattr(owner, _FIELDS))
    made(self, *arguments, **named)


def _compiled(owner: type, fields: dict[str, _Field]) -> Callable[..., None]:
    """`__init__` with the parameters that the annotations say, in their order."""
    known: dict[str, Any] = {"NONE": _NONE}
    head, body = ["self"], ["pass"]
    for name, item in fields.items():
        known |= {f"set_{name}": _setter(owner, name), f"make_{name}": item.factory, f"default_{name}": item.default}
        made = item.factory is not _NONE
        has_default = made or item.default is not _NONE
        value = f"make_{name}()" if made else f"default_{name}"
        if item.init:
            head.append(name + (f"=default_{name}" if has_default else ""))
            value = f"{value} if {name} is NONE else {name}" if made else name
        if item.init or has_default:
            body.append(f"set_{name}(self, {value})")
    if hasattr(owner, "__post_init__"):
        body.append("self.__post_init__()")
    exec(f"def __init__({', '.join(head)}):\n " + "\n ".join(body), known)  # noqa: S102 -- names of our own classes
    init: Callable[..., None] = known["__init__"]
    init.__qualname__ = f"{owner.__qualname__}.__init__"
    return init


def _setter(owner: type, name: str) -> Callable[[Any, Any], None]:
    """Past the `__setattr__` that refuses: the slot's own, or one for the object's dictionary."""
    slot = getattr(owner, name, None)
    if slot is not None:
        setter: Callable[[Any, Any], None] = slot.__set__
        return setter
    return lambda self, value: object.__setattr__(self, name, value)


def _first_eq(self: Any, other: object) -> Any:
    """Stands for `__eq__` and, below, `__hash__` until two objects of a class are compared."""
    owner, values = _comparing(self, "__eq__")

    def equal(left: Any, right: Any) -> Any:
        return values(left) == values(right) if right.__class__ is left.__class__ else NotImplemented

    owner.__eq__ = equal
    return equal(self, other)


def _first_hash(self: Any) -> int:
    owner, values = _comparing(self, "__hash__")

    def hashed(item: Any) -> int:
        return hash(values(item))

    owner.__hash__ = hashed
    return hashed(self)


def _comparing(self: Any, name: str) -> tuple[Any, Callable[[Any], Any]]:
    """(the class whose method this is, what of its objects compares)."""
    owner = _owner(self, name)
    names = [field for field, item in getattr(owner, _FIELDS).items() if item.compare]
    return owner, attrgetter(*names) if names else lambda _: ()


def _owner(self: Any, name: str) -> Any:
    """The class that the method was made for; another thread may have put the real one there since."""
    return next(cls for cls in type(self).__mro__ if name in vars(cls).get(_MADE, ()))


@recursive_repr()
def _repr(self: Any) -> str:
    shown = [name for name, item in getattr(self, _FIELDS).items() if item.repr]
    told = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
    return f"{type(self).__qualname__}({told})"


def _refuse(self: Any, name: str, *_: Any) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"{type(self).__qualname__} is frozen: {name!r} stays what it is")


def _reduce(self: Any) -> tuple[Callable[..., Any], tuple[type, list[Any]]]:
    return _restored, (type(self), [getattr(self, name) for name in getattr(self, _FIELDS)])


def _restored(cls: Any, values: list[Any]) -> Any:
    """A copy is what the object was, also where `__post_init__` had said something else."""
    copy = cls.__new__(cls)
    for name, value in zip(getattr(cls, _FIELDS), values, strict=True):
        object.__setattr__(copy, name, value)
    return copy


class _StandardFields:
    """`__dataclass_fields__`, made and kept when the standard library asks for it first."""

    def __get__(self, _: object, cls: Any) -> Any:
        import dataclasses

        annotated = {
            name: said for base in cls.__mro__[::-1] for name, said in vars(base).get("__annotations__", {}).items()
        }
        made: list[tuple[str, Any, Any]] = []
        for name, item in getattr(cls, _FIELDS).items():
            said = {"default": item.default, "default_factory": item.factory}
            said = {key: value for key, value in said.items() if value is not _NONE}
            said |= {"init": item.init, "repr": item.repr, "compare": item.compare}
            made.append((name, annotated[name], dataclasses.field(**said)))
        standard: Any = dataclasses.make_dataclass(cls.__name__, made)
        cls.__dataclass_fields__ = standard.__dataclass_fields__
        return cls.__dataclass_fields__


_STANDARD = _StandardFields()
