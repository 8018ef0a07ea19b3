"""What is drawn over a step, with the mouse and with a pen."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytest import approx

from gui.presenter.annotations import COLOURS, FACTORS, RADII, WIDTHS, Annotations, Tool
from gui.presenter.layer import ink
from tests.gui.presenter.conftest import Hall, hover

pytestmark = pytest.mark.usefixtures("undressed")

Key, Held = Qt.Key, Qt.KeyboardModifier
LEFT = Qt.MouseButton.LeftButton


def tool_of(hall: Hall) -> Tool:
    return hall.presenting.notes.tool


def drag(widget: QWidget, *points: QPoint) -> None:
    QTest.mousePress(widget, LEFT, Held.NoModifier, points[0])
    for point in points[1:]:
        QTest.mouseMove(widget, point)
    QTest.mouseRelease(widget, LEFT, Held.NoModifier, points[-1])


def test_the_mouse_goes_through_to_the_views_without_a_tool(hall: Hall) -> None:
    through = Qt.WidgetAttribute.WA_TransparentForMouseEvents
    assert hall.audience.layer.testAttribute(through)
    hall.press(Key.Key_D)
    assert not hall.audience.layer.testAttribute(through)


def test_a_pen_draws_undoes_and_clears(hall: Hall) -> None:
    layer, notes = hall.audience.layer, hall.presenting.notes
    hall.press(Key.Key_D)
    drag(layer, QPoint(100, 100), QPoint(200, 150))
    drag(layer, QPoint(300, 300), QPoint(350, 300))
    assert len(notes.strokes) == 2
    start = notes.strokes[0].points[0]
    assert start.x() == approx(100 / layer.width(), abs=0.01)
    hall.press(Key.Key_Z, held=Held.ControlModifier)
    assert len(notes.strokes) == 1
    hall.press(Key.Key_C)
    assert notes.strokes == ()
    hall.press(Key.Key_Z, held=Held.ControlModifier)
    assert len(notes.strokes) == 1


def test_a_stroke_is_seen_in_its_colour(hall: Hall) -> None:
    layer, notes = hall.audience.layer, hall.presenting.notes
    hall.press(Key.Key_D, Key.Key_Plus, Key.Key_Plus)
    drag(layer, QPoint(100, 200), QPoint(300, 200))
    colour = layer.grab().toImage().pixelColor(200, 200)
    assert colour == QColor(ink(notes.colour, hall.audience.themes.theme))


def test_strokes_belong_to_their_step(hall: Hall) -> None:
    hall.press(Key.Key_D)
    drag(hall.audience.layer, QPoint(10, 10), QPoint(60, 60))
    hall.press(Key.Key_PageDown, Key.Key_PageDown)
    assert hall.step == 2
    assert hall.presenting.notes.strokes == ()
    hall.press(Key.Key_PageUp)
    assert len(hall.presenting.notes.strokes) == 1
    hall.lessons.close()
    assert hall.presenting.notes.strokes == ()
    assert not hall.presenting.running


def test_a_tablet_draws_as_hard_as_one_presses(hall: Hall) -> None:
    layer, notes = hall.audience.layer, hall.presenting.notes
    hall.press(Key.Key_D)
    kinds = QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease
    for at, (kind, pressure) in enumerate(zip(kinds, (0.2, 0.9, 0.0), strict=True)):
        buttons = Qt.MouseButton.NoButton if pressure == 0 else LEFT
        event = QTabletEvent(
            kind, QPointingDevice.primaryPointingDevice(), QPointF(50 + 40 * at, 60),
            QPointF(50 + 40 * at, 60), pressure, 0, 0, 0, 0, 0, Held.NoModifier, LEFT, buttons,
        )  # fmt: skip
        QApplication.sendEvent(layer, event)
    (stroke,) = notes.strokes
    assert stroke.pressures == (0.2, 0.9)
    assert not layer.grab().isNull()


def test_the_spotlight_dims_all_but_a_circle(hall: Hall) -> None:
    layer = hall.audience.layer
    hall.press(Key.Key_L)
    hover(layer, QPoint(300, 300))
    assert hall.presenting.notes.pointer is not None
    picture = layer.grab().toImage()
    ground = hall.audience.grab().toImage()
    assert picture.size() == ground.size()
    before = hall.audience.content.grab().toImage()
    assert ground.pixelColor(5, 5).lightness() < before.pixelColor(5, 5).lightness()
    assert ground.pixelColor(300, 300) == before.pixelColor(300, 300)


def test_the_magnifier_enlarges_what_is_under_it(hall: Hall) -> None:
    layer = hall.audience.layer
    hall.press(Key.Key_M)
    hover(layer, QPoint(150, 60))
    assert tool_of(hall) is Tool.MAGNIFIER
    with_lens = hall.audience.grab().toImage()
    without = hall.audience.content.grab().toImage()
    assert with_lens != without
    hall.press(Key.Key_M)
    assert tool_of(hall) is Tool.NONE


def test_sizes_stay_within_their_steps() -> None:
    notes = Annotations()
    known: dict[str, tuple[Tool, Sequence[float]]] = {
        "width": (Tool.PEN, WIDTHS),
        "radius": (Tool.SPOTLIGHT, RADII),
        "factor": (Tool.MAGNIFIER, FACTORS),
    }
    for name, (tool, sizes) in known.items():
        notes.take(tool)
        notes.resize(99)
        assert getattr(notes, name) == sizes[-1]
        notes.resize(-99)
        assert getattr(notes, name) == sizes[0]


def test_colours_go_round() -> None:
    notes = Annotations()
    seen = []
    for _ in COLOURS:
        seen.append(notes.colour)
        notes.next_colour()
    assert tuple(seen) == COLOURS
    assert notes.colour == COLOURS[0]


def test_undo_of_nothing_is_nothing() -> None:
    notes = Annotations()
    notes.undo()
    notes.clear()
    notes.extend(QPointF(0.5, 0.5))
    notes.end()
    assert notes.strokes == ()
