"""`model.record` is the standard dataclass in all that the program and its users see."""

from __future__ import annotations

import copy
import dataclasses
import pickle

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
