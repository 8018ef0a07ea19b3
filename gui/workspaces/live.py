"""The Live workspace: the recursion played as a call stack.

At the left what is played, in the middle the stack and the controls that move through it, at the
right what belongs to the moment: the source line, the guard's word, the counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from gui.bindings import pause_while_dragging
from gui.widgets.arrange import Soon, keep_splitters, scrolled, splitter
from gui.widgets.counts import CountsPanel
from gui.widgets.explanation import ExplanationStrip
from gui.widgets.folding_bar import FoldingBar
from gui.widgets.guard_bar import GuardBar
from gui.widgets.parameter_form import ParameterForm
from gui.widgets.progress import RunProgress
from gui.widgets.scenario.picker import ScenarioPicker
from gui.widgets.scrubber import Scrubber
from gui.widgets.side_panels import Panel, SidePanels
from gui.widgets.source import SourceView
from gui.widgets.stack.cpus import CpuStacks
from gui.widgets.stack.gauge import GaugeView
from gui.widgets.stack.lock_strip import LockStrip
from gui.widgets.stack.view import StackView
from gui.widgets.transport import TransportBar
from gui.widgets.word import WordView
from gui.workspaces.room import Pointed

if TYPE_CHECKING:
    from gui.playback import Playback
    from gui.session import Session
    from gui.window import MainWindow

_SPLITTERS = ("columns", "left", "right")
_SIDES = (272, 380)
"""Widths of the side columns at the scale of 1."""
_MOST_SHARE = 30
"""Percent of the width that a side column gets at most."""
_LECTURE_HALL, _LARGEST_HALL = 2.0, 2.5
"""From these scales on the side panels, and the what-if bar, make room for the stack."""
_SCENARIOS_PX, _DETAILS_PX = 900, 520
"""Least width of the workspace, at the scale of 1, in which the side panels leave room for it."""
_WHAT_IF_PX, _SCRUBBER_PX = 300, 300
"""Least height of it in which the what-if bar does, and the scrubber."""
_GAUGE_PX = 420, 300
"""Least width of the middle, and height of the workspace, in which the gauge does."""


class LiveWorkspace(QWidget):
    """The views of the Live workspace, arranged.

    Args:
        window: For its theme, commands and settings.
        session: What is played.
        playback: The clock that plays it.
    """

    def __init__(self, window: MainWindow, session: Session, playback: Playback) -> None:
        super().__init__()
        self._window, self._session, self._playback = window, session, playback
        themes = window.themes
        self.stack, self.cpus = StackView(session, themes), CpuStacks(session, themes)
        self.gauge, self.locks = GaugeView(session, themes), LockStrip(session, themes)
        self.source = SourceView(session, themes)
        self.word = WordView(session, themes)
        self.counts = CountsPanel(session, themes)
        self.explanation = ExplanationStrip(session, themes)
        self.guard_bar = GuardBar(session, themes)
        self.picker = ScenarioPicker(session, window.settings, themes)
        self.form = ParameterForm(session, themes)
        self._stacks = QWidget()
        self.progress = RunProgress(session, themes, over=self._stacks)
        self.transport = TransportBar(session, playback, window.registry, themes)
        self.scrubber = Scrubber(session, themes)
        self._splitters = self._arrange()
        self._scale, self._lesson, self._placed = 0.0, False, False
        self._was: dict[str, tuple[bool, bool]] = {}
        self.pointed = Pointed(self._share)
        self._gauge_soon = Soon(self, self._show_gauge)
        keep_splitters(self._splitters, window.settings, "live")
        self._bind_panels()
        themes.changed.connect(self._follow_scale)
        self._follow_scale()
        playback.playing_changed.connect(self.explanation.set_playing)
        playback.stopped_at.connect(self.explanation.show_stop)
        session.frame_selected.connect(self.source.show_frame)
        for view in (
            self.stack, self.source, self.word, self.counts, self.explanation, self.scrubber,
            self.guard_bar.result,
        ):  # fmt: skip
            session.expected.connect(view.prepare)
        session.trace_changed.connect(self._show_stacks)
        session.trace_changed.connect(self._show_gauge)
        self._splitters["columns"].splitterMoved.connect(self._show_gauge)
        self._show_stacks()
        self.scrubber.dragging_changed.connect(pause_while_dragging(playback))
        window.registry.connect("run.scenario", self.choose_scenario)
        window.registry.action("file.clear_recent").triggered.connect(self.picker.reload)

    def _arrange(self) -> dict[str, QSplitter]:
        left = splitter(Qt.Orientation.Vertical, self.picker, scrolled(self.form, "Parameters"))
        right = splitter(Qt.Orientation.Vertical, self.source, self.word, self.counts)
        # Where the window is low, all of it scrolls: a few pixels of each would say nothing.
        moment = scrolled(right, "Moment")
        moment.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        moment.setStyleSheet("QScrollArea { border: none; border-radius: 0; }")
        self.side = SidePanels(self._side_panels(moment), self._window.themes)
        columns = splitter(Qt.Orientation.Horizontal, left, self._middle(), self.side)
        left.setSizes([460, 240])
        right.setSizes([130, 390, 80])
        columns.setStretchFactor(1, 1)
        whole = QVBoxLayout(self)
        self.folding = FoldingBar(self.guard_bar, "Guard and kernel", self._window.themes, self)
        whole.addWidget(self.folding)
        whole.addWidget(columns, 1)
        whole.addWidget(self.scrubber)
        whole.addWidget(self.transport)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        return dict(zip(_SPLITTERS, (columns, left, right), strict=True))

    def _side_panels(self, moment: QWidget) -> tuple[Panel, ...]:
        session, themes, playback = self._session, self._window.themes, self._playback

        def machine() -> QWidget:
            from gui.widgets.machine.panel import MachinePanel

            return MachinePanel(session, themes)

        def stops() -> QWidget:
            from gui.widgets.stops.panel import StopsPanel

            return StopsPanel(session, playback, themes)

        about = "Source line, the guard's word and counts at the cursor"
        return (
            Panel("moment", "Moment", about, lambda: moment),
            Panel("machine", "Machine", "Pages, depot, slabs and locks at the cursor", machine),
            Panel("stops", "Stops", "Where playing stops", stops),
        )

    def _middle(self) -> QWidget:
        self._stage = middle = QWidget()
        column, stage, foot = QVBoxLayout(middle), QHBoxLayout(), QVBoxLayout()
        side_by_side = QHBoxLayout(self._stacks)
        side_by_side.addWidget(self.stack, 1)
        side_by_side.addWidget(self.cpus, 1)
        stage.addWidget(self._stacks, 1)
        stage.addWidget(self.gauge)
        column.addLayout(stage, 1)
        foot.addWidget(self.locks)
        foot.addWidget(self.explanation)
        column.addLayout(foot)
        for box in (column, stage, foot, side_by_side):
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(0)
        return middle

    @property
    def main_view(self) -> QWidget:
        """What has the keyboard where nobody else does: the stack, or the running CPU's."""
        return (self.cpus.running if self.cpus.shown else None) or self.stack

    def _show_stacks(self) -> None:
        """Show one stack, or a column for each CPU."""
        several = self.cpus.shown
        focused = QApplication.focusWidget()
        had_keyboard = focused is not None and self._stacks.isAncestorOf(focused)
        self.stack.setVisible(not several)
        self.cpus.setVisible(several)
        if had_keyboard:
            self.main_view.setFocus()

    def _show_gauge(self) -> None:
        """Put the gauge away where nobody knows how many bytes a frame takes: in a recording.

        It also makes room where the columns of several CPUs would be too narrow beside it.
        """
        trace = self._session.trace
        known = trace is None or trace.info.recording is None
        room = self._stage.width() - self.gauge.sizeHint().width()
        scale, (wide, high) = self._window.themes.metrics.scale, _GAUGE_PX
        small = self._placed and (
            self._stage.width() < wide * scale or self.height() < high * scale
        )
        fits = self.gauge in self.pointed or (not small and self.cpus.has_room(room))
        self.gauge.setVisible(known and fits)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See what there is room for beside the stack."""
        super().resizeEvent(event)
        self._placed = True
        self._make_room()
        # The middle has its new width only then.
        self._gauge_soon.start()

    def _bind_panels(self) -> None:
        """Let the panels be put away: in a lecture hall the stack wants the whole room."""
        columns = self._splitters["columns"]
        left, right = columns.widget(0), columns.widget(2)
        assert left is not None
        assert right is not None
        self._panels: dict[str, QWidget] = {
            "view.scenarios": left, "view.details": right, "view.what_if": self.folding,
        }  # fmt: skip
        for command in self._panels:
            self._window.registry.connect(command, lambda on, c=command: self._show_panel(c, on))

    def _show_panel(self, command: str, on: bool) -> None:
        self._panels[command].setVisible(on)
        self._show_gauge()
        self._window.settings.set_put_away(f"live/{command}", not on)

    def choose_scenario(self) -> None:
        """Let the user look for a scenario, though the panel may have made room."""
        self._panels["view.scenarios"].show()
        self._window.registry.set_checked("view.scenarios", True)
        self.picker.choose()

    def set_lesson(self, *, on: bool) -> None:
        """Make room for a lesson's text, which chooses the scenario; after it all is as before."""
        self._lesson = on
        self._make_room()

    def _follow_scale(self) -> None:
        """Give the side columns their share again where the scale has changed."""
        scale = self._window.themes.metrics.scale
        if scale == self._scale:
            return
        for part, least_px in ((self.source, 76), (self.word, 150), (self.counts, 76)):
            part.setMinimumHeight(self._window.themes.metrics.px(least_px))
        self._make_room()
        first, self._scale = self._scale == 0, scale
        if first and not self._window.settings.state("live/columns").isEmpty():
            return
        metrics, whole = self._window.themes.metrics, max(self.width(), self._window.width())
        left, right = (min(metrics.chrome(px), whole * _MOST_SHARE // 100) for px in _SIDES)
        self._splitters["columns"].setSizes([left, whole - left - right, right])

    def _has_room(self, command: str) -> bool:
        """Whether a panel leaves enough of the stack."""
        scale = self._window.themes.metrics.scale
        # Before it is placed the workspace has some size, but not its own.
        wide, high = (side / scale if self._placed else 1e6 for side in self.size().toTuple())
        if command == "view.scenarios":
            return not self._lesson and scale < _LECTURE_HALL and wide >= _SCENARIOS_PX
        if command == "view.details":
            return scale < _LECTURE_HALL and wide >= _DETAILS_PX
        return scale < (_LECTURE_HALL if self._lesson else _LARGEST_HALL) and high >= _WHAT_IF_PX

    def _make_room(self) -> None:
        """Put panels away where there is no room for them any more, and back as they were."""
        for command, panel in self._panels.items():
            room, pointed = self._has_room(command), panel in self.pointed
            if self._was.get(command) == (room, pointed):
                continue
            self._was[command] = room, pointed
            wanted = not self._window.settings.is_put_away(f"live/{command}")
            panel.setVisible(pointed or (wanted and room))
            self._window.registry.set_checked(command, pointed or (wanted and room))
        scale = self._window.themes.metrics.scale
        self.scrubber.setVisible(not self._placed or self.height() >= _SCRUBBER_PX * scale)
        self.explanation.set_room(self.height() if self._placed else 0)

    def _share(self) -> None:
        """See again what there is room for, as something else is pointed at."""
        self._make_room()
        self._show_gauge()


def create(window: MainWindow, session: Session, playback: Playback) -> LiveWorkspace:
    """Return the Live workspace of a window."""
    return LiveWorkspace(window, session, playback)
