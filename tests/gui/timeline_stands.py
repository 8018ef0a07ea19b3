"""A timeline on a stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.trace.call_spans import CallSpans
from core.trace.trace import Trace
from gui.runner import Runner
from gui.search import Search
from gui.session import Session
from gui.theme import ThemeManager
from gui.viewport import Viewport
from gui.widgets.timeline.minimap import Minimap
from gui.widgets.timeline.model import TimelineModel
from gui.widgets.timeline.view import TimelineView
from tests.gui.stands import EVERYTHING_AT_ONCE


@dataclass
class Stand:
    """Everything a timeline needs, shown."""

    session: Session
    viewport: Viewport
    model: TimelineModel
    search: Search
    view: TimelineView
    minimap: Minimap
    themes: ThemeManager

    @property
    def trace(self) -> Trace:
        """The run that is open."""
        assert self.session.trace is not None
        return self.session.trace

    @property
    def spans(self) -> CallSpans:
        """Its calls."""
        assert self.model.spans is not None
        return self.model.spans

    def point(self, position: int, row: int = 0) -> QPoint:
        """Return the middle of a position's place on a row."""
        view = self.view
        x = view.axis.x_of(self.viewport.middle_of(position))
        y = view.top + view.lanes.top_of(row) - view.scrolled + view.lanes.row / 2
        return QPoint(round(x), round(y))


def stand(
    qtbot: QtBot,
    scenario: str = "mail-chain",
    size: tuple[int, int] = (1100, 640),
    settings: dict[str, Any] | None = None,
    **overrides: Any,
) -> Stand:
    """Show a timeline and its overview with a scenario open."""
    themes, session = ThemeManager(), Session(Runner(probe_events=EVERYTHING_AT_ONCE))
    assert session.open(scenario)
    for name, value in (settings or {}).items():
        assert session.set_parameter(name, value)
    if overrides:
        assert session.override(**overrides)
    viewport = Viewport(session)
    model, search = TimelineModel(session, viewport, themes), Search(session)
    view = TimelineView(session, viewport, model, search, themes)
    minimap = Minimap(session, viewport, model, search, themes)
    for widget, high in ((view, size[1]), (minimap, 58)):
        qtbot.addWidget(widget)
        widget.resize(size[0], high)
        with qtbot.waitExposed(widget):
            widget.show()
    return Stand(session, viewport, model, search, view, minimap, themes)


def drag(
    widget: QWidget, start: QPoint, end: QPoint, held: Qt.KeyboardModifier | None = None
) -> None:
    """Press, move in two steps and release, as a hand does."""
    held = held or Qt.KeyboardModifier.NoModifier
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    middle = QPoint((start.x() + end.x()) // 2, (start.y() + end.y()) // 2)
    for kind, point, button, buttons in (
        (QEvent.Type.MouseButtonPress, start, left, left),
        (QEvent.Type.MouseMove, middle, none, left),
        (QEvent.Type.MouseMove, end, none, left),
        (QEvent.Type.MouseButtonRelease, end, left, none),
    ):
        where = QPointF(point)
        event = QMouseEvent(kind, where, widget.mapToGlobal(where), button, buttons, held)
        QApplication.sendEvent(widget, event)


def wheel(
    widget: QWidget,
    point: QPoint,
    notches: float,
    sideways: float = 0,
    held: Qt.KeyboardModifier | None = None,
) -> None:
    """Turn the wheel over a point."""
    where = QPointF(point)
    event = QWheelEvent(
        where, widget.mapToGlobal(where), QPoint(),
        QPoint(round(sideways * 120), round(notches * 120)), Qt.MouseButton.NoButton,
        held or Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
