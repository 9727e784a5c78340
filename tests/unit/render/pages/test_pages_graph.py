"""The graph: who refers stands left, nothing lies on anything else, many subjects become folders."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.render.pages.conftest import MakeIndex, subject_row, version_row

from llmreg.index.reader import Index
from llmreg.index.rows import SubjectRow
from llmreg.render.pages import page
from llmreg.render.pages.layout import HEIGHT, draw

EDGES = st.sets(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40)


@given(EDGES)
def test_boxes_never_overlap_and_lie_inside(pairs: set[tuple[int, int]]) -> None:
    edges = [(f"n{a}", f"n{b}") for a, b in pairs]
    labels = {name: name * 3 for edge in edges for name in edge}
    drawing = draw(labels, edges)
    assert set(drawing.boxes) == set(labels)
    for one, other in combinations(drawing.boxes.values(), 2):
        apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert apart_x or one.y + HEIGHT <= other.y or other.y + HEIGHT <= one.y
    for box in drawing.boxes.values():
        assert 0 <= box.x <= box.x + box.width <= drawing.width + 0.1
        assert 0 <= box.y <= box.y + HEIGHT <= drawing.height + 0.1
    assert draw(labels, reversed(edges)) == drawing


@given(EDGES)
def test_without_circles_every_arrow_points_right(pairs: set[tuple[int, int]]) -> None:
    edges = [(f"n{a}", f"n{b}") for a, b in pairs if a < b]
    drawing = draw({name: name for edge in edges for name in edge}, edges)
    for user, used in edges:
        assert drawing.boxes[user].x < drawing.boxes[used].x


def chain(count: int, folder: str) -> list[SubjectRow]:
    """Each refers to the one before."""
    return [
        subject_row(
            folder.format(at),
            [version_row(1, "1.0.0", b"{}", references=((f"r{at}", folder.format(at - 1), "1.0.0"),) if at else ())],
        )
        for at in range(count)
    ]


def text(index: Index) -> str:
    return (page(index, "graph.html") or ("", b""))[1].decode()


def test_only_connected_subjects_are_drawn(make_index: MakeIndex) -> None:
    found = text(make_index([*chain(3, "a/s{}"), subject_row("alone", [version_row(1, "1.0.0", b"{}")])]))
    assert found.count('class="node"') == 3
    assert "1 stands alone and is left out" in found
    assert "s/alone/" not in found


def test_many_subjects_become_folders(make_index: MakeIndex) -> None:
    found = text(make_index(chain(300, "team{}/area/deep/s").copy()[:120] + chain(200, "x/y{}/s")))
    assert found.count('class="node') <= 150
    assert "The picture shows folders of subjects" in found
    assert "x/ (200)" in found


def test_very_many_folders_are_cut_to_the_busiest(make_index: MakeIndex) -> None:
    found = text(make_index(chain(400, "team{}/s")))
    assert found.count('class="node') == 150
    assert "250 folders with fewer references are left out" in found


def test_a_circle_is_drawn_too(make_index: MakeIndex) -> None:
    one = subject_row("one", [version_row(1, "1.0.0", b"{}", references=(("r", "two", "1.0.0"),))])
    two = subject_row("two", [version_row(1, "1.0.0", b"{}", references=(("r", "one", "1.0.0"),))])
    assert text(make_index([one, two])).count("marker-end") == 2
