"""The bar over the timeline: its axis, its colours and what they mean, search, what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui.widgets.controls import CONTROL_PX, RADIUS_PX, Segments
from gui.widgets.keyboard import focus_home
from gui.widgets.search_field import SearchField
from gui.widgets.sentences import time_text

if TYPE_CHECKING:
    from gui.search import Search
    from gui.session import Session
    from gui.theme import Role, ThemeManager
    from gui.viewport import Viewport
    from gui.widgets.timeline.model import TimelineModel

_MODES = (
    ("order", "Order", "Every event equally wide, in the order in which they happened"),
    ("time", "Time", "As long as it takes on the clock: simulated, or recorded"),
)
_COLOURINGS = (
    ("subsystem", "Subsystem", "Colours by the part of the kernel a function belongs to"),
    ("function", "Function", "Colours by function: the same name, the same colour"),
)


class Legend(QWidget):
    """Which colour is which subsystem, as far as there is room.

    Args:
        session: Whose run's subsystems are named.
        model: How calls are coloured.
        themes: The theme in force.
    """

    def __init__(self, session: Session, model: TimelineModel, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._model, self._themes = session, model, themes
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        model.changed.connect(self._renew)
        themes.changed.connect(self._renew)
        self._renew()

    def entries(self) -> list[Role]:
        """Return how each subsystem looks that the run calls."""
        trace, theme = self._session.trace, self._themes.theme
        if trace is None or self._model.colouring != "subsystem":
            return []
        called = {function.subsystem for function in trace.functions}
        return [role for name, role in theme.roles.items() if name in called]

    def _renew(self) -> None:
        names = [f"{role.glyph}: {role.label}" for role in self.entries()]
        self.setAccessibleName("Colours: " + ", ".join(names))
        self.setToolTip("\n".join(names))
        self.update()

    def sizeHint(self) -> QSize:
        """Return a little; it takes what there is."""
        return QSize(0, self._themes.metrics.chrome(CONTROL_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw all entries: with their names where there is room, else with their letters."""
        metrics, theme = self._themes.metrics.frame(), self._themes.theme
        font = metrics.ui("caption")
        measure, side, gap = QFontMetrics(font), metrics.px(14), metrics.px(5)
        entries = self.entries()
        named = sum(side + 3 * gap + measure.horizontalAdvance(role.label) for role in entries)
        with QPainter(self) as painter:
            painter.setFont(font)
            x = 0
            for role in entries:
                square = QRectF(x, (self.height() - side) / 2, side, side)
                painter.fillRect(square, QColor(role.colour))
                painter.setPen(QColor(role.on_colour))
                painter.drawText(square, Qt.AlignmentFlag.AlignCenter, role.glyph)
                x += side + gap
                if named <= self.width():
                    wide = measure.horizontalAdvance(role.label)
                    painter.setPen(QColor(theme.muted))
                    room = QRectF(x, 0, wide + gap, self.height())
                    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, role.label)
                    x += wide + 2 * gap


class RangeChip(QToolButton):
    """What is selected; a click selects nothing.

    Args:
        session: Whose range it is.
        themes: The theme in force.
    """

    def __init__(self, session: Session, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip("Select nothing  (Shift+R)")
        self.clicked.connect(session.clear_range)
        for changed in (session.range_changed, session.trace_changed, themes.changed):
            changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        trace, chosen = self._session.trace, self._session.range
        self.setVisible(chosen is not None)
        if trace is None or chosen is None:
            return
        first, last = chosen
        took = time_text(trace.clock_ns(last) - trace.begin_ns(first))
        words = f"{last - first + 1:,} events, {took}"
        self.setText(f"{words}  ✕")
        self.setAccessibleName(f"Selected: events {first + 1:,} to {last + 1:,}: {words}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the words."""
        metrics = self._themes.metrics.frame()
        measure = QFontMetrics(metrics.ui())
        return QSize(
            measure.horizontalAdvance(self.text()) + metrics.px(24), metrics.px(CONTROL_PX)
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the words on a filled chip."""
        theme, metrics = self._themes.theme, self._themes.metrics.frame()
        radius = metrics.px(RADIUS_PX)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(QColor(theme.accent_soft))
            painter.setPen(QColor(theme.focus if self.hasFocus() else theme.accent_soft))
            inside = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(inside, radius, radius)
            painter.setPen(QColor(theme.accent_ink))
            painter.setFont(metrics.ui())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class TimelineBar(QFrame):
    """Axis, colours, legend, selection and search.

    Args:
        session: What is shown.
        viewport: Whose axis is chosen.
        model: Whose colours are chosen.
        search: What is looked for.
        themes: The theme in force.
    """

    def __init__(
        self,
        session: Session,
        viewport: Viewport,
        model: TimelineModel,
        search: Search,
        themes: ThemeManager,
    ) -> None:
        super().__init__()
        self._viewport, self._model, self._themes = viewport, model, themes
        self.setObjectName("timelineBar")
        self.modes = Segments(_MODES, themes, viewport.set_mode)
        self.colours = Segments(_COLOURINGS, themes, model.set_colouring)
        self.legend = Legend(session, model, themes)
        self.chip = RangeChip(session, themes)
        self.search = SearchField(search, themes)
        whole, self._row = QVBoxLayout(self), QHBoxLayout()
        whole.addLayout(self._row)
        whole.addWidget(self.search)
        for widget in (self.modes, self.colours):
            self._row.addWidget(widget)
        self._row.addWidget(self.legend, 1)
        self._row.addWidget(self.chip)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self.search.hide()
        # Enter goes to a hit and leaves the keyboard to the calls: N and P go on from there.
        self.search.field.went.connect(lambda _way: focus_home(self))
        self.search.closed.connect(self._end_search)
        viewport.changed.connect(self._show)
        model.changed.connect(self._show)
        themes.changed.connect(self._dress)
        self._dress()
        self._show()

    def begin_search(self) -> None:
        """Show the search and give it the keyboard."""
        self.search.show()
        self.search.open_bar()

    def _end_search(self) -> None:
        self.search.hide()
        focus_home(self)

    def _show(self) -> None:
        self.modes.show_value(self._viewport.mode)
        self.colours.show_value(self._model.colouring)

    def _dress(self) -> None:
        px = self._themes.metrics.frame().px
        self._row.setContentsMargins(px(12), px(7), px(12), px(7))
        self._row.setSpacing(px(10))
