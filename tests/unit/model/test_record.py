"""`model.record` is the standard dataclass in all that the program and its users see."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import typing
import weakref
from types import MemberDescriptorType, SimpleNamespace

import pytest

from llmreg.model import record


@record.dataclass(frozen=True, slots=True)
class Base:
    name: str
    tags: dict[str, int] = record.field(default_factory=dict)
    note: str = record.field(default="", compare=False, repr=False)


@record.dataclass(frozen=True, slots=True)
class Derived(Base):
    size: int = 1


@record.dataclass(slots=True)
class Open:
    first: int
    double: int = record.field(init=False)

    def __post_init__(self) -> None:
        self.double = 2 * self.first


@record.dataclass(frozen=True, eq=False)
class ByIdentity:
    name: str = "a"


def test_values_and_defaults() -> None:
    one = Derived("a", size=2)
    assert (one.name, one.tags, one.note, one.size) == ("a", {}, "", 2)
    assert one.tags is not Derived("a").tags
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'name'"):
        Derived()
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        Derived("a", colour=1)
    assert Open(3).double == 6


def test_what_compares() -> None:
    assert Base("a", note="x") == Base("a", note="y")
    assert Base("a") != Base("b")
    assert Base("a") != Derived("a")
    assert ByIdentity() != ByIdentity()
    assert hash(ByIdentity())
    assert hash(Base("a", (), "x")) == hash(Base("a", (), "y"))
    with pytest.raises(TypeError, match="unhashable"):
        hash(Open(1))


def test_frozen_is_frozen() -> None:
    for frozen in (Base("a"), Derived("a"), ByIdentity()):
        with pytest.raises(dataclasses.FrozenInstanceError):
            frozen.name = "b"
        with pytest.raises(dataclasses.FrozenInstanceError):
            del frozen.name
    with pytest.raises((AttributeError, TypeError)):
        Open(1).other = 2


def test_text_copies_and_pickles() -> None:
    one = Derived("a", {"x": 1}, "unseen", 3)
    assert repr(one) == "Derived(name='a', tags={'x': 1}, size=3)"
    for other in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert other == one
        assert other.note == "unseen"


@pytest.mark.parametrize("replace", [record.replace, dataclasses.replace])
def test_replace(replace) -> None:
    assert replace(Derived("a", size=4), name="b") == Derived("b", size=4)
    with pytest.raises(TypeError):
        replace(Derived("a"), colour=1)


def test_the_standard_library_takes_it_for_a_dataclass() -> None:
    assert dataclasses.is_dataclass(Derived)
    assert [item.name for item in dataclasses.fields(Derived)] == ["name", "tags", "note", "size"]
    assert dataclasses.asdict(Derived("a")) == {"name": "a", "tags": {}, "note": "", "size": 1}


def test_a_standard_dataclass_is_replaced_too() -> None:
    standard = dataclasses.make_dataclass("Standard", [("name", str)])
    assert record.replace(standard("a"), name="b") == standard("b")


@pytest.fixture(params=[dataclasses, record], ids=["standard", "record"])
def made(request: pytest.FixtureRequest) -> SimpleNamespace:
    """The same classes by both decorators, so that each test below says what the standard library does."""
    library = request.param

    @library.dataclass(frozen=True, slots=True)
    class Point:
        x: float
        tags: dict = library.field(default_factory=dict)
        note: str = library.field(default="", compare=False, repr=False)

    @library.dataclass(frozen=True, slots=True)
    class Moved(Point):
        x: int = 3
        tags: list = library.field(default_factory=list)

    @library.dataclass(slots=True)
    class Changing:
        first: object
        second: int = library.field(init=False, default=0)

        def __post_init__(self) -> None:
            self.second = 7

    @library.dataclass(frozen=True, slots=True)
    class Empty:
        pass

    @library.dataclass(eq=False)
    class Loose:
        first: int
        second: int = 2

    @library.dataclass(frozen=True, slots=True)
    class Own:
        first: int

        def __hash__(self) -> int:
            return 5

        def __repr__(self) -> str:
            return "own"

    return SimpleNamespace(**{name: cls for name, cls in locals().items() if isinstance(cls, type)}, library=library)


def test_inherited_fields_keep_their_place_and_take_the_new_default(made: SimpleNamespace) -> None:
    assert made.Moved.__match_args__ == ("x", "tags", "note")
    assert (made.Moved().x, made.Moved().tags, made.Moved.__slots__) == (3, [], ())
    assert [(item.name, item.type) for item in dataclasses.fields(made.Moved)] == [
        ("x", "int"),
        ("tags", "list"),
        ("note", "str"),
    ]


def test_equal_only_within_one_class(made: SimpleNamespace) -> None:
    plain = type("Plain", (made.Moved,), {})
    assert made.Moved(1) == made.Moved(1.0)
    assert made.Point(1, []) != made.Moved(1)
    assert plain(1) != made.Moved(1)
    assert plain(1) == plain(1)
    assert made.Point(1).__eq__(1) is NotImplemented
    assert made.Empty() == made.Empty()
    assert hash(made.Empty()) == hash(made.Empty())


def test_hashing(made: SimpleNamespace) -> None:
    assert hash(made.Own(1)) == 5
    assert len({made.Loose(1), made.Loose(1)}) == 2
    for unhashable in (made.Changing(1), made.Point(1, {})):
        with pytest.raises(TypeError, match="unhashable type"):
            hash(unhashable)


def test_text(made: SimpleNamespace) -> None:
    assert repr(made.Own(1)) == "own"
    assert repr(made.Point(1)).endswith(".Point(x=1, tags={})")
    changing = made.Changing(1)
    changing.first = [changing]
    assert repr(changing).endswith(".Changing(first=[...], second=7)")


def test_a_copy_is_what_the_object_was(made: SimpleNamespace) -> None:
    changing = made.Changing([1])
    changing.second = 99
    assert copy.copy(changing).second == 99
    assert copy.deepcopy(changing).first is not changing.first
    loose = made.Loose(1)
    loose.extra = 3
    assert copy.copy(loose).extra == 3


def test_patterns(made: SimpleNamespace) -> None:
    def read(value: object) -> object:
        match value:
            case made.Moved(x=1):
                return "by name"
            case made.Point(x, tags):
                return x, tags
        return None

    assert [read(one) for one in (made.Moved(1), made.Point(5), 1)] == ["by name", (5, {}), None]


def test_what_is_refused(made: SimpleNamespace) -> None:
    with pytest.raises(TypeError, match="weak reference"):
        weakref.ref(made.Point(1))
    with pytest.raises(AttributeError):
        _ = made.Point(1).__dict__
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(made.Changing(1), second=3)
    with pytest.raises(TypeError, match="positional arguments"):
        made.Moved(1, 2, 3, 4)
    with pytest.raises(TypeError):
        _ = made.Point(1) < made.Point(2)
    with pytest.raises(ValueError, match="use default_factory"):
        made.library.dataclass(slots=True)(type("Shared", (), {"__annotations__": {"a": list}, "a": []}))


def test_reading_a_class(made: SimpleNamespace) -> None:
    assert typing.get_type_hints(made.Moved) == {"x": int, "tags": list, "note": str}
    assert dataclasses.asdict(made.Moved(1, [made.Point(2)])) == {
        "x": 1,
        "tags": [{"x": 2, "tags": {}, "note": ""}],
        "note": "",
    }
    assert dataclasses.astuple(made.Moved(1)) == (1, [], "")
    assert dataclasses.is_dataclass(made.Empty)
    assert isinstance(made.Point.x, MemberDescriptorType)


def test_python_copies_it_with_changes() -> None:
    """As `copy.replace` of Python 3.13 asks."""
    assert Derived("a", size=4).__replace__(name="b") == Derived("b", size=4)


def test_what_is_not_here_is_refused() -> None:
    with pytest.raises(TypeError):
        record.dataclass(order=True)
    with pytest.raises(TypeError):
        record.field(kw_only=True)


def test_another_thread_may_have_been_first() -> None:
    """The stand-in of a method was looked up before another thread put the real method in its place."""

    @record.dataclass(frozen=True, slots=True)
    class Below(Base):
        size: int = 1

    first = {name: vars(Below)[name] for name in ("__init__", "__eq__", "__hash__")}
    one, other = Below("a", (), size=2), Below("a", (), size=2)
    assert one == other
    assert hash(one) == hash(other)
    late = Below.__new__(Below)
    first["__init__"](late, "a", (), size=2)
    assert first["__eq__"](late, one)
    assert first["__hash__"](late) == hash(one)


def test_an_init_of_its_own_calls_the_one_below() -> None:
    @record.dataclass(frozen=True, slots=True)
    class Spelled(Base):
        size: int = 1

        def __init__(self, name: str) -> None:
            Base.__init__(self, name.upper())

    assert Spelled("a").name == "A"
