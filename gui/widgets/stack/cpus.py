"""The stacks of several CPUs side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from gui.geometry.stack import grid_of
from gui.widgets.stack.cpu_lane import CpuLane
from gui.widgets.stack.scene import Scene, SceneMaker, task_words
from gui.widgets.stack.view import StackView

if TYPE_CHECKING:
    from gui.session import Session
    from gui.theme import ThemeManager

NARROW_PX = 300
"""A column below this width at 100 % has room for little more than names."""
WIDE_PX = 240
"""From this width on, for each column, something else may stand beside them."""
LEAST_PX = 132
"""No column is narrower than this at 100 %: the CPUs stand in more rows then."""


class _CpuScenes(SceneMaker):
    """Makes the scene of a CPU."""

    def __init__(self, lane: CpuLane) -> None:
        # A lane answers what the call stack asks of a session.
        super().__init__(cast("Session", lane))
        self._lane = lane

    def make(self) -> Scene:
        """Return the CPU's scene as of its last event."""
        lane, scene = self._lane, super().make()
        if lane.trace is None:
            return scene
        title, hint = f"CPU {lane.cpu}", scene.hint
        if lane.task < 0:
            return Scene(title=title, task="idle", hint="idle", runs=lane.runs)
        if hint in ("start", "empty"):
            hint = "ready"
        task = task_words(lane.trace, lane.task)
        return replace(scene, title=title, task=task, hint=hint, runs=lane.runs)


class CpuStackView(StackView):
    """The stack of a CPU's current task.

    Args:
        lane: The CPU.
        theme_manager: Theme, scale and motion in force.
        clock: Seconds; only differences count.
    """

    def __init__(
        self,
        lane: CpuLane,
        theme_manager: ThemeManager,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(cast("Session", lane), theme_manager, clock)
        self.lane = lane
        self._maker = _CpuScenes(lane)
        self.setAccessibleName(f"Call stack of CPU {lane.cpu}")

    def _is_narrow(self) -> bool:
        return self.width() < self._themes.metrics.px(NARROW_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find new places in the new size, and another style where it crosses the narrow width."""
        if self._picture.style.narrow != self._is_narrow():
            self._dress()
        else:
            super().resizeEvent(event)

    def minimumSizeHint(self) -> QSize:
        """Return room for a name and a few lines."""
        px = self._themes.metrics.px
        return QSize(min(px(LEAST_PX), 200), min(px(160), 240))


class CpuStacks(QWidget):
    """A column for each CPU of the run at hand.

    It shows nothing, and costs nothing, while the run has one CPU.

    Args:
        session: What is shown; the view hears its signals.
        theme_manager: Theme, scale and motion in force.
    """

    def __init__(self, session: Session, theme_manager: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, theme_manager
        self.lanes: list[CpuLane] = []
        self.views: list[CpuStackView] = []
        self._keys = ("Space", ".")
        self._grid_of: tuple[int, int] = (0, 0)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(1)
        session.trace_changed.connect(self._take_trace)
        session.position_changed.connect(self._move)
        theme_manager.changed.connect(self._arrange)
        self._take_trace()
        self.hide()

    @property
    def shown(self) -> bool:
        """Whether the run has several CPUs."""
        trace = self._session.trace
        return trace is not None and trace.cpus.several

    def has_room(self, width_px: int) -> bool:
        """Whether a width is enough for all columns side by side, and to spare."""
        return width_px >= len(self.views) * self._themes.metrics.px(WIDE_PX)

    @property
    def running(self) -> CpuStackView | None:
        """The view of the CPU on which the event at the cursor happened, else the first one."""
        return next((view for view in self.views if view.lane.runs), None) or (
            self.views[0] if self.views else None
        )

    def set_keys(self, play: str, step: str) -> None:
        """Say which keys play and step."""
        self._keys = (play, step)
        for view in self.views:
            view.set_keys(play, step)

    def _take_trace(self) -> None:
        trace = self._session.trace
        count = trace.cpus.count if trace is not None and trace.cpus.several else 0
        while len(self.views) > count:
            view = self.views.pop()
            self._grid.removeWidget(view)
            view.deleteLater()
            self.lanes.pop().deleteLater()
        while len(self.views) < count:
            lane = CpuLane(self._session, len(self.views), self)
            self._session.essential_changed.connect(lane.essential_changed)
            self._session.highlights_changed.connect(lane.highlights_changed)
            view = CpuStackView(lane, self._themes)
            view.set_keys(*self._keys)
            self.lanes.append(lane)
            self.views.append(view)
        for lane in self.lanes:
            lane.take(trace)
        self._grid_of = (0, 0)
        self._arrange()

    def _move(self, position: int) -> None:
        for lane in self.lanes:
            lane.place(position)

    # -- side by side -------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Put the CPUs into as many rows as their least width asks for."""
        least = self._themes.metrics.px(LEAST_PX)
        shape = grid_of(len(self.views), self.width(), least)
        if shape == self._grid_of:
            return
        self._grid_of = shape
        rows, columns = shape
        for view in self.views:
            self._grid.removeWidget(view)
        for at, view in enumerate(self.views):
            self._grid.addWidget(view, at // columns, at % columns)
        for at in range(max(self._grid.columnCount(), columns)):
            self._grid.setColumnStretch(at, int(at < columns))
        for at in range(max(self._grid.rowCount(), rows)):
            self._grid.setRowStretch(at, int(at < rows))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find the rows anew."""
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """Return room for one column."""
        px = self._themes.metrics.px
        return QSize(min(px(320), 480), min(px(240), 360))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what shows between the columns."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._themes.theme.border))
