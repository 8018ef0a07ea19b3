"""What a lesson points at, in the views."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF
from pytestqt.qtbot import QtBot

from gui.geometry.stack import Box
from gui.geometry.word import Cell
from gui.session import Session
from gui.theme import CONTRAST, DARK, LIGHT, Metrics, Theme, ThemeManager
from gui.widgets.pointer import (
    arrow_at,
    arrow_before,
    draw_pointer,
    low_ring,
    outline_around,
    ring_around,
    wanted,
)
from gui.widgets.stack.view import StackView
from gui.widgets.word import WordView
from gui.widgets.word_bits import mark_around


def test_highlights_are_told_by_their_kind() -> None:
    highlights = ("function:kmalloc", "bits", "frame:2", "function:save_stack")
    assert wanted(highlights, "function") == ("kmalloc", "save_stack")
    assert wanted(highlights, "frame") == ("2",)
    assert wanted(highlights, "lane") == ()


@pytest.mark.parametrize("theme", [LIGHT, DARK, CONTRAST], ids=lambda theme: theme.name)
def test_a_ring_and_an_arrow_are_drawn(qtbot: QtBot, theme: Theme) -> None:
    pictures = []
    for arrow in (False, True):
        image = QImage(200, 60, QImage.Format.Format_RGB32)
        image.fill(QColor(theme.surface))
        with QPainter(image) as painter:
            draw_pointer(painter, QRectF(20, 15, 140, 30), theme, Metrics(), arrow=arrow)
        pictures.append(image)
        assert image.pixelColor(90, 30) == QColor(theme.surface)  # what is meant stays in sight
        assert image.pixelColor(90, 14) != QColor(theme.surface)
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize("box", [QRectF(0, 20, 400, 30), QRectF(380, 20, 20, 30)], ids=str)
def test_a_ring_at_the_edge_is_whole(box: QRectF) -> None:
    room, line = QRectF(0, 0, 400, 200), 3.0
    ring = ring_around(box, line, room)
    assert room.contains(ring.adjusted(-line / 2, -line / 2, line / 2, line / 2))
    assert all(room.contains(corner) for corner in arrow_at(ring, 9.0, room))
    assert not room.contains(ring_around(box, line))


@pytest.mark.parametrize("high", [6.0, 12.0, 15.0])
def test_a_ring_in_a_low_row_covers_neither_its_text_nor_another_row(high: float) -> None:
    box = QRectF(10, 50, 300, high)
    strips = low_ring(box, 3.0)
    around = strips[0]
    for strip in strips:
        around = around.united(strip)
    assert around == box.adjusted(0, 0, 0, 1)
    text = box.adjusted(5, high / 6, -5, 0)
    assert not any(strip.intersects(text) for strip in strips)
    arrow = QPolygonF(arrow_before(box)).boundingRect()
    assert (arrow.top(), arrow.bottom(), arrow.right()) == (box.top(), box.bottom(), box.left())


def test_one_outline_goes_around_something_in_several_rows() -> None:
    rows = [QRectF(200, 0, 100, 20), QRectF(0, 24, 300, 20), QRectF(0, 48, 300, 20)]
    rows.append(QRectF(0, 76, 150, 20))
    path = outline_around(rows, 1.5)
    assert path.boundingRect() == QRectF(-1.5, -1.5, 303, 99)
    (outline,) = path.toSubpathPolygons()
    for row in rows:
        assert path.contains(row)
    # Between the rows as well, and not where another member is.
    assert path.contains(QRectF(0, 40, 300, 10))
    assert not path.intersects(QRectF(0, 0, 190, 20))
    assert not path.intersects(QRectF(160, 76, 140, 20))
    assert outline.count() == 9  # eight corners, and the first again


def test_what_ends_under_another_place_has_two_outlines() -> None:
    path = outline_around([QRectF(200, 0, 100, 20), QRectF(0, 24, 100, 20)], 1.5)
    assert len(path.toSubpathPolygons()) == 2


def test_an_arrow_has_its_place_beside_what_it_points_at() -> None:
    ring, room = QRectF(50, 20, 200, 30), QRectF(0, 0, 400, 200)
    tip, *back = arrow_at(ring, 9.0, room)
    assert ring.contains(tip)
    assert all(corner.x() > ring.right() for corner in back)


def test_the_stack_points_at_functions_and_frames(
    qtbot: QtBot, session: Session, themes: ThemeManager
) -> None:
    view = StackView(session, themes)
    qtbot.addWidget(view)
    view.resize(700, 500)
    with qtbot.waitExposed(view):
        view.show()
    assert session.trace is not None
    session.seek(int(session.trace.short_circuits[0]))
    calls = [card.call for card in view.scene.cards]
    session.highlight(("frame:1",))
    assert view._picture.pointed == (calls[0],)
    session.highlight(("function:save_stack",))
    names = [card.look.name for card in view.scene.cards if card.call in view._picture.pointed]
    assert names
    assert set(names) == {"save_stack"}
    session.highlight(())
    assert not view._picture.pointed


def test_the_word_points_at_the_guards_bits(
    qtbot: QtBot, session: Session, themes: ThemeManager
) -> None:
    view = WordView(session, themes)
    qtbot.addWidget(view)
    session.highlight(("bits",))
    assert view.canvas.pointed
    session.highlight(("function:kmalloc",))
    assert not view.canvas.pointed


def test_a_mark_around_a_bit_at_the_end_of_the_word_is_whole() -> None:
    box = Box(90, 5, 10, 20)
    ring = mark_around(Cell(0, 0, 0, box), (0, 100), 3.0)
    assert ring.right() + 1.5 <= 100
    assert ring.left() < box.left
