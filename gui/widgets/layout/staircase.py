"""The staircase: what a task costs against the bytes added to its struct."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QLabel, QStackedLayout

from gui.drawn import png_of, svg_of
from gui.geometry.columns import count_text, each_of
from gui.widgets.in_sight import InSight
from gui.widgets.layout.staircase_paint import (
    Annotations,
    Mark,
    StaircasePainter,
    marks_of,
)
from gui.widgets.layout.staircase_plot import MOST_BYTES, StaircasePlot
from gui.widgets.lazy_panel import LazyPanel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.layout.analysis import Answer
    from core.layout.staircase import Step
    from gui.layout_session import LayoutSession
    from gui.theme import ThemeManager

_LEAST_HIGH_PX = 140
_EMPTY = "Open a kernel to see what more bytes would cost."


class StaircaseView(LazyPanel):
    """A plot of bytes a task against bytes added, in steps.

    The plot itself is made when it is first shown: its library takes half a second to import.

    Args:
        session: Whose staircase it is.
        themes: The theme in force.
    """

    def __init__(self, session: LayoutSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.steps: Sequence[Step] = ()
        self.marks: tuple[Mark, ...] = ()
        self.cursor_at = -1
        self._hovered = -1
        self.plot: StaircasePlot | None = None
        self.empty = QLabel(_EMPTY, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("What more bytes would cost")
        in_sight = InSight(self)
        in_sight.connect_to(session.answer_changed, self.renew)
        themes.changed.connect(self._dress)
        self._dress()
        self._describe()

    # -- what is shown --------------------------------------------------------------------

    def take(self) -> None:
        """Work the steps out."""
        before = self.steps[0] if self.steps else None
        self.steps = self._session.staircase()
        self.marks = marks_of(self._fields(), self.steps, self._each)
        self.cursor_at = self._hovered = -1
        if not self.steps:
            self.empty.setText(self._session.reason or self._reason())
            self._pages.setCurrentWidget(self.empty)
        else:
            plot = self.make_plot()
            plot.show_steps(self.steps, f"bytes {self._each}")
            self._pages.setCurrentWidget(plot.widget)
            if before != self.steps[0]:
                self.show_near()
        self._describe()
        self._repaint()

    @property
    def _each(self) -> str:
        analysis = self._session.analysis
        return each_of(analysis) if analysis is not None else "a task"

    def _fields(self) -> tuple[Answer, ...]:
        """Return the answers about the fields that stand on these steps.

        The three storages, and the field in force where it is another one. Only that one where it
        was put elsewhere: the steps begin there, and the storages stand in their own places.
        """
        asked, storages = self._session.priced, self._session.comparison()
        if asked is None:
            return storages
        if self._session.place:
            return (asked,)
        declared = {answer.what_if.field.field.declaration for answer in storages}
        known = asked.what_if.field.field.declaration in declared
        return storages if known else (*storages, asked)

    def _reason(self) -> str:
        return "Nothing can be predicted here." if self._session.analysis is not None else _EMPTY

    def make_plot(self) -> StaircasePlot:
        """Make the plot, where it is not there yet."""
        if self.plot is None:
            self.plot = StaircasePlot(self._hover, self._repaint, self._paint_over)
            self._pages.addWidget(self.plot.widget)
            self._dress()
        return self.plot

    def show_near(self) -> None:
        """Show the first rises."""
        rises = [
            step.added_bytes
            for before, step in zip(self.steps, self.steps[1:], strict=False)
            if step.bytes_per_task > before.bytes_per_task
        ]
        # The second rise, if there is one, with some room; never less than where the fields stand.
        wanted = 1.3 * rises[1] if len(rises) > 1 else 3.0 * rises[0] if rises else 0.0
        farthest = max((mark.x for mark in self.marks), default=0.0)
        self._show_to(max(wanted, 1.3 * farthest))

    def show_all(self) -> None:
        """Show all steps."""
        self._show_to(MOST_BYTES)

    def _show_to(self, most_bytes: float) -> None:
        if self.plot is not None:
            self.plot.show_to(most_bytes)

    # -- the cursor -----------------------------------------------------------------------

    def _hover(self, added: float) -> None:
        hovered = self.step_at(added)
        if hovered != self._hovered:
            self._hovered = hovered
            self._repaint()

    def step_at(self, added: float) -> int:
        """Return the index of the step that so many bytes stand on, -1 off the plot."""
        if not self.steps or not 0 <= added <= MOST_BYTES:
            return -1
        return sum(step.added_bytes <= added for step in self.steps) - 1

    def move_cursor(self, to: int) -> None:
        """Put the cursor on a step, by its index."""
        if self.steps:
            self.cursor_at = max(0, min(to, len(self.steps) - 1))
            self._hovered = -1
            if self.plot is not None:
                self.plot.see(self.steps[self.cursor_at].added_bytes)
            self._describe()
            self._repaint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor along the steps, zoom, or show everything."""
        key, keys = event.key(), Qt.Key
        moves = {
            keys.Key_Right: self.cursor_at + 1, keys.Key_Up: self._rise(1),
            keys.Key_Left: self.cursor_at - 1, keys.Key_Down: self._rise(-1),
            keys.Key_Home: 0, keys.Key_End: len(self.steps) - 1,
        }  # fmt: skip
        if event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            super().keyPressEvent(event)
        elif key in moves and self.steps:
            self.move_cursor(moves[Qt.Key(key)])
        elif key in (keys.Key_Plus, keys.Key_Minus, keys.Key_Equal) and self.plot is not None:
            self.plot.zoom(1.25 if key == keys.Key_Minus else 0.8)
        elif key == keys.Key_0:
            self.show_all()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep the cursor's keys from the commands of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = Qt.Key
            mine = (
                keys.Key_Left, keys.Key_Right, keys.Key_Up, keys.Key_Down, keys.Key_Home,
                keys.Key_End, keys.Key_Plus, keys.Key_Minus, keys.Key_Equal, keys.Key_0,
            )  # fmt: skip
            if event.key() in mine and event.modifiers() in (
                Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier,
                Qt.KeyboardModifier.KeypadModifier,
            ):  # fmt: skip
                event.accept()
                return True
        return super().event(event)

    def _rise(self, way: int) -> int:
        """Return the next step, up or down, on which a task costs something else."""
        at = max(0, self.cursor_at)
        here = self.steps[at].bytes_per_task if self.steps else 0
        at += way
        while 0 <= at < len(self.steps) and self.steps[at].bytes_per_task == here:
            at += way
        return at

    # -- words ----------------------------------------------------------------------------

    def readout(self) -> str:
        """Return what is said about the step under the mouse, or else under the cursor."""
        at = self._hovered if self._hovered >= 0 else self.cursor_at
        if not 0 <= at < len(self.steps):
            return ""
        step = self.steps[at]
        following = self.steps[at + 1].added_bytes - 1 if at + 1 < len(self.steps) else MOST_BYTES
        span = f"+{step.added_bytes:,}"
        if following > step.added_bytes:
            span += f" to +{following:,}"
        return (
            f"{span} bytes: sizeof {step.sizeof:,}, object {step.object_bytes:,},"
            f" {count_text(step.objects, 'object')} a slab,"
            f" {round(step.bytes_per_task):,} bytes {self._each}"
        )

    def _describe(self) -> None:
        """Say the plot in words."""
        if not self.steps:
            self.setAccessibleDescription(self.empty.text())
            return
        first = self.steps[0]
        told = [f"Now {self._each} costs {round(first.bytes_per_task):,} bytes"]
        told += [
            f"{mark.text} at +{mark.x:,.0f}" if mark.glyph != "rise" else f"Next rise {mark.text}"
            for mark in self.marks
        ]
        if self.cursor_at >= 0:
            told.insert(0, self.readout())
        self.setAccessibleDescription(". ".join(told) + ".")

    # -- how it looks ---------------------------------------------------------------------

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        self.setMinimumHeight(metrics.px(_LEAST_HIGH_PX))
        self.empty.setFont(metrics.ui())
        self.empty.setStyleSheet(f"color: {theme.muted}")
        if self.plot is not None:
            self.plot.dress(theme, metrics)
        self._repaint()

    def _repaint(self) -> None:
        if self.plot is not None:
            self.plot.overlay.update()
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self._repaint()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keyboard is elsewhere."""
        super().focusOutEvent(event)
        self._repaint()

    def _paint_over(self, painter: QPainter, area: QRectF) -> None:
        """Paint what stands on the staircase, and the ring that says the keyboard is here."""
        self._paint_notes(painter)
        if self.hasFocus():
            thick = self._themes.metrics.px(2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._themes.theme.focus), thick))
            inset = thick / 2
            painter.drawRect(area.adjusted(inset, inset, -inset, -inset))

    def _paint_notes(self, painter: QPainter) -> None:
        if not self.steps or self.plot is None:
            return
        cursor = self.steps[self.cursor_at] if self.cursor_at >= 0 else None
        notes = Annotations(self.marks, cursor, self.readout())
        painting = StaircasePainter(self._themes.theme, self._themes.metrics)
        painting.paint(painter, notes, self.plot.area(), self.plot.to_pixels)

    # -- export ---------------------------------------------------------------------------

    def svg(self) -> bytes:
        """Return the plot as SVG; nothing where there is none."""
        if self.plot is None or not self.steps:
            return b""
        size: QSize = self.plot.widget.viewport().size()
        return svg_of(
            size,
            lambda painter: self._render(painter, size),
            "What more bytes would cost",
            self.accessibleDescription(),
            self.logicalDpiX(),  # the axes are drawn for the screen's resolution
        )

    def png(self, scale: float = 2.0) -> bytes:
        """Return the plot as PNG, so many times its size on the screen; nothing without one."""
        if self.plot is None or not self.steps:
            return b""
        size = self.plot.widget.viewport().size()
        image = QImage(size * scale, QImage.Format.Format_ARGB32_Premultiplied)
        with QPainter(image) as painter:
            painter.scale(scale, scale)
            self._render(painter, size)
        return png_of(image)

    def _render(self, painter: QPainter, size: QSize) -> None:
        """Paint the plot as it stands on the screen."""
        assert self.plot is not None
        target = QRectF(QPointF(0, 0), size)
        painter.fillRect(target, QColor(self._themes.theme.surface))
        self.plot.render(painter, target)
        self._paint_line(painter)
        self._paint_notes(painter)

    def _paint_line(self, painter: QPainter) -> None:
        """Paint the curve as plain pixels: on paper its pen would be as thin as on the screen."""
        assert self.plot is not None
        ends = [*(step.added_bytes for step in self.steps[1:]), MOST_BYTES]
        corners = [
            self.plot.to_pixels(added, step.bytes_per_task)
            for step, end in zip(self.steps, ends, strict=True)
            for added in (step.added_bytes, end)
        ]
        metrics = self._themes.metrics
        painter.save()
        painter.setClipRect(self.plot.area())
        painter.setPen(QPen(QColor(self._themes.theme.accent), metrics.px(2)))
        painter.drawPolyline(corners)
        painter.restore()
