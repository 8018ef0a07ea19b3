"""How many tasks, on a slider from one to as many as there can be, and what they take."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from core.layout import host
from gui.geometry.columns import each_of, many_of, memory_text, storage_name
from gui.widgets.in_sight import InSight
from gui.widgets.number_field import TYPING_MS, NumberField
from gui.widgets.wrapped import WrappedLabel

if TYPE_CHECKING:
    from gui.layout_session import LayoutSession
    from gui.theme import ThemeManager

MOST_TASKS = 4_194_304
"""PID_MAX_LIMIT of 64-bit kernels (include/linux/threads.h, v5.12 to v6.18)."""

STEPS = 600
"""Positions of the slider."""

_ASIDE_PX = 520
"""From this width on the sentence stands beside the slider, at 100 %."""


def tasks_at(position: int, most: int) -> int:
    """Return the number of tasks at a position of the slider, rounded to two digits.

    Args:
        position: 0 to ``STEPS``.
        most: The number at the right end.
    """
    if position >= STEPS:
        return most
    number = math.pow(most, max(position, 0) / STEPS)
    unit = int(10 ** max(0, math.floor(math.log10(number)) - 1))
    return min(most, max(1, round(number / unit) * unit))


def position_of(tasks: int, most: int) -> int:
    """Return the slider's position for a number of tasks."""
    if most < 2:
        return STEPS
    return round(STEPS * math.log(min(max(tasks, 1), most)) / math.log(most))


class TasksPanel(QWidget):
    """The number of tasks and the memory they take, without and with the field.

    Args:
        session: Whose number of tasks it is.
        themes: The theme in force.
        most: The most tasks there can be; None asks the machine.
        typing_ms: How long typing must have stopped before it counts.
    """

    def __init__(
        self,
        session: LayoutSession,
        themes: ThemeManager,
        most: int | None = None,
        typing_ms: int = TYPING_MS,
    ) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.most = max(1, min(host.pid_max() if most is None else most, MOST_TASKS))
        self.caption = QLabel("Tasks")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.field = NumberField(1, self.most)
        self.text = WrappedLabel(textFormat=Qt.TextFormat.PlainText)
        self._typing = QTimer(self, singleShot=True, interval=typing_ms)
        self._build()
        in_sight = InSight(self)
        in_sight.connect_to(session.tasks_changed, self._show)
        in_sight.connect_to(session.answer_changed, self._show)
        themes.changed.connect(self._dress)
        self._show()
        self._dress()

    def _build(self) -> None:
        self._row, self._line = QBoxLayout(QBoxLayout.Direction.TopToBottom, self), QHBoxLayout()
        for part, stretch in ((self.caption, 0), (self.slider, 1), (self.field, 0)):
            self._line.addWidget(part, stretch)
        self._row.addLayout(self._line, 1)
        self._row.addWidget(self.text, 1)
        self.setAccessibleName("Memory of many tasks")
        self.caption.setBuddy(self.field)
        self.slider.setRange(0, STEPS)
        self.slider.setSingleStep(6)
        self.slider.setPageStep(60)
        self.slider.setAccessibleName("Number of tasks, in steps that grow with it")
        self.slider.setToolTip(f"1 to {self.most:,} tasks")
        self.field.setAccessibleName("Number of tasks")
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.slider.valueChanged.connect(self._slid)
        self.field.edited.connect(self._typing.start)
        self.field.editingFinished.connect(self._typed)
        self._typing.timeout.connect(self._take)

    # -- asking the session ---------------------------------------------------------------

    def _slid(self, position: int) -> None:
        self._typing.stop()
        self._session.set_tasks(tasks_at(position, self.most))

    def _typed(self) -> None:
        if self._typing.isActive():
            self._typing.stop()
            self._take()
        self._show()  # what is no number, or too large, is not kept

    def _take(self) -> None:
        value = self.field.value()
        if isinstance(value, int):
            self._session.set_tasks(max(1, min(value, self.most)))
        self.field.setToolTip(
            "" if isinstance(value, int) else f"A whole number from 1 to {self.most:,}"
        )

    # -- what is shown --------------------------------------------------------------------

    def _show(self, _tasks: int = 0) -> None:
        tasks = self._session.tasks
        with QSignalBlocker(self.slider):
            # Only where it is elsewhere: a number that was typed is finer than the slider.
            if tasks_at(self.slider.value(), self.most) != tasks:
                self.slider.setValue(position_of(tasks, self.most))
        if not self._typing.isActive() and self.field.value() != tasks:
            self.field.show_value(tasks)
        analysis = self._session.analysis
        each = each_of(analysis) if analysis is not None else "a task"
        self.caption.setText(f"{each.partition(' ')[2].capitalize()}s")
        self.text.setText(self.sentence())
        self.slider.setAccessibleDescription(self.text.text())

    def sentence(self) -> str:
        """Return what so many tasks take."""
        analysis, priced, tasks = self._session.analysis, self._session.priced, self._session.tasks
        if analysis is None:
            return "Open a kernel to see what its tasks take."
        before = analysis.before.slab.memory_bytes(tasks)
        count = f"{many_of(analysis, tasks)} take{'s' if tasks == 1 else ''}"
        if priced is None:
            return f"{count} {memory_text(before)}."
        after = priced.after.slab.memory_bytes(tasks)
        most = priced.at_most.slab.memory_bytes(tasks)
        field = priced.what_if.field.field
        name = storage_name(field.asked, field.declaration.rstrip(";"))
        if after == before == most:
            return f"{count} {memory_text(before)}, with {name} or without."
        if after == before:
            return (
                f"{count} {memory_text(before)}, likely no more with {name},"
                f" {memory_text(most)} at most."
            )
        likely = "" if most == after else f", {memory_text(most)} at most"
        return (
            f"{count} {memory_text(before)} now and {memory_text(after)} with {name}{likely}"
            f" ({_more(after - before)})."
        )

    # -- how it looks ---------------------------------------------------------------------

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        pad = metrics.px(8)
        self._row.setContentsMargins(pad, metrics.px(4), pad, metrics.px(4))
        self._row.setSpacing(metrics.px(8))
        self._line.setSpacing(metrics.px(8))
        self.caption.setFont(metrics.ui())
        self.text.setFont(metrics.ui())
        self.text.setStyleSheet(f"color: {theme.text}")
        digits = self.field.fontMetrics().horizontalAdvance(f"{self.most:,}")
        self.field.setMinimumWidth(digits + metrics.px(46))
        self.slider.setMinimumWidth(metrics.px(80))
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= self._themes.metrics.px(_ASIDE_PX)
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.LeftToRight if wide else ways.TopToBottom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the sentence where there is room for it."""
        super().resizeEvent(event)
        self._arrange()


def _more(size_bytes: int) -> str:
    if not size_bytes:
        return "no more"
    return f"{memory_text(abs(size_bytes))} {'more' if size_bytes > 0 else 'less'}"
