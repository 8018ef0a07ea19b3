"""A struct before an audience: the storage word, or what the field costs in its place."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QRect
from pytestqt.qtbot import QtBot

from core.layout.analysis import Question, analyse
from core.layout.library import open_kernel
from core.lesson.covered import COST
from gui.geometry.columns import slab_text
from gui.layout_session import LayoutSession
from gui.presenter.hall import HallThemes
from gui.presenter.layouts import HallLayout
from gui.theme import ThemeManager


def hall_layout(qtbot: QtBot) -> tuple[HallLayout, LayoutSession]:
    session = LayoutSession()
    assert session.open("debian-6.1-amd64", ("unsigned long x[8]", "end"))
    view = HallLayout(session, HallThemes(ThemeManager()))
    qtbot.addWidget(view)
    view.resize(1100, 900)
    with qtbot.waitExposed(view):
        view.show()
    return view, session


def test_what_the_field_costs_takes_the_place_of_the_word(qtbot: QtBot) -> None:
    view, session = hall_layout(qtbot)
    session.ask("uint", "v1")
    assert view.word.isVisible()
    assert view.show_panels(("map",)) is None
    made = view.show_panels(("cost",))
    assert made is not None
    assert view.show_panels(("cost",)) is None
    cost = view.cost
    assert cost is not None
    qtbot.waitUntil(lambda: cost.isVisible() and cost.height() > view.map.height())
    assert not view.word.isVisible()
    assert cost.verdict.isVisible()
    assert cost.slab.isVisible()
    # All of it is in sight, one under the other.
    parts = [cost.verdict, cost.slab, cost.staircase]
    places = [QRect(part.geometry()) for part in parts]
    assert all(cost.rect().contains(place) for place in places)
    assert all(one.bottom() < other.top() for one, other in pairwise(places))
    assert cost.slab.height() >= cost.slab.heightForWidth(cost.slab.width())
    view.show_panels(("word",))
    assert view.word.isVisible()
    assert not cost.isVisible()


def test_it_follows_the_field_and_is_covered_while_it_is_asked(qtbot: QtBot) -> None:
    view, session = hall_layout(qtbot)
    view.show_panels(("cost",))
    cost = view.cost
    assert cost is not None
    assert "4 objects of 6,592" in cost.slab.text()
    assert session.ask("uint", "v1")
    assert cost.slab.text().startswith("A slab of 32,768 bytes holds 5 objects of 6,528 bytes;")
    session.covered.cover(frozenset({COST}))
    assert not cost.isVisible()
    session.covered.cover(frozenset())
    assert cost.isVisible()


@pytest.mark.parametrize(
    ("kernel", "field", "place", "text"),
    [
        (
            "debian-6.1-amd64", "unsigned long x[8]", "end",
            "A slab of 32,768 bytes holds 5 objects of 6,528 bytes. With the field it holds 4 "
            "objects of 6,592.",
        ),
        (
            "debian-6.1-arm64", "uint", "v1",
            "A slab of 32,768 bytes holds 7 objects of 4,160 bytes; each may grow by 512 bytes "
            "before one is lost.",
        ),
    ],
)  # fmt: skip
def test_a_slab_in_words(kernel: str, field: str, place: str, text: str) -> None:
    analysis = analyse(open_kernel(kernel), Question())
    assert slab_text(analysis, analysis.ask(field, place)) == text
