"""The Timeline workspace: the whole run at a glance, and any moment of it in detail.

On top the overview, in the middle the calls, under them what had which value, all on one axis; at
the right what belongs to the selected part or to the moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from core.lesson.covered import CALLS, TABLES
from gui.bindings import pause_while_dragging
from gui.search import Search
from gui.widgets.arrange import keep_splitters, splitter
from gui.widgets.ask import ask_where
from gui.widgets.explanation import ExplanationStrip
from gui.widgets.functions.panel import FunctionsPanel
from gui.widgets.machine.panel import MachinePanel
from gui.widgets.plots.panel import PlotsPanel
from gui.widgets.plots.signals import SignalPlots
from gui.widgets.progress import RunProgress
from gui.widgets.side_panels import Panel, SidePanels
from gui.widgets.stops.panel import StopsPanel
from gui.widgets.timeline.bar import TimelineBar
from gui.widgets.timeline.export import KINDS, Exporter
from gui.widgets.timeline.minimap import Minimap
from gui.widgets.timeline.model import TimelineModel
from gui.widgets.timeline.view import TimelineView
from gui.widgets.transport import TransportBar
from gui.widgets.tree.view import RecursionTree
from gui.workspaces.room import SharedRoom, SideRoom

if TYPE_CHECKING:
    from gui.playback import Playback
    from gui.session import Session
    from gui.viewport import Viewport
    from gui.window import MainWindow

_SIDE_SHARE, _PLOTS_SHARE = 30, 36
"""Percent of the width for the panels, and of the height for the plots, until one drags."""
_PLOTS_ROOM_PX, _OVERVIEW_ROOM_PX = 450, 330
"""Heights of the workspace at the scale of 1 below which plots and overview make room."""
_SENTENCE_ROOM_PX = 170
"""And the one below which the sentence does; Live has it too."""


class TimelineWorkspace(SharedRoom):
    """The views of the Timeline workspace, arranged.

    ``main_view`` has the keyboard where nobody else does.

    Args:
        window: For its theme, commands and settings.
        session: What is shown.
        playback: The clock that plays it.
        viewport: What part of the run is in view.
    """

    def __init__(
        self, window: MainWindow, session: Session, playback: Playback, viewport: Viewport
    ) -> None:
        super().__init__()
        self._window, self.session, self.viewport = window, session, viewport
        themes = window.themes
        self.search = Search(session, self)
        self.model = TimelineModel(session, viewport, themes, self)
        self.main_view = self.timeline = TimelineView(
            session, viewport, self.model, self.search, themes
        )
        self.minimap = Minimap(session, viewport, self.model, self.search, themes)
        self.bar = TimelineBar(session, viewport, self.model, self.search, themes)
        self.plots = SignalPlots(session, viewport, themes)
        self.explanation = ExplanationStrip(session, themes)
        self.transport = TransportBar(session, playback, window.registry, themes)
        self.progress = RunProgress(session, themes, over=self.timeline)
        self.side = SidePanels(self._panels(playback), themes, session.covered)
        self._splitters = self._arrange()
        self._side_room = SideRoom(self.side, self, window, "timeline/side", _SIDE_SHARE)
        self._dragged = keep_splitters(self._splitters, window.settings, "timeline")
        playback.playing_changed.connect(self.explanation.set_playing)
        playback.stopped_at.connect(self.explanation.show_stop)
        self.exporter = Exporter(self)
        self.exporter.written.connect(lambda path: window.messages.ok(f"Written: {path}"))
        self.exporter.failed.connect(window.messages.error)
        self.plots.exported.connect(window.messages.ok)
        self.plots.failed.connect(window.messages.error)
        self.timeline.dragging_changed.connect(pause_while_dragging(playback))
        themes.changed.connect(self._follow_scale)
        self._follow_scale()

    def _panels(self, playback: Playback) -> tuple[Panel, ...]:
        session, themes = self.session, self._window.themes
        return (
            Panel(
                "functions", "Functions",
                "Where events and time go, in the selected part or the whole run",
                self._functions, CALLS,
            ),
            Panel(
                "recursion", "Recursion", "The run as a tree of stack saves",
                lambda: RecursionTree(session, themes), TABLES,
            ),
            Panel(
                "machine", "Machine", "Pages, depot, slabs and locks at the cursor",
                lambda: MachinePanel(session, themes),
            ),
            Panel(
                "stops", "Stops", "Where playing stops",
                lambda: StopsPanel(session, playback, themes),
            ),
            Panel(
                "plots", "Plots", "The law of depth, how full the stack is, what a guard costs",
                lambda: PlotsPanel(session, themes), TABLES,
            ),
        )  # fmt: skip

    def _functions(self) -> FunctionsPanel:
        panel = FunctionsPanel(self.session, self._window.themes)
        panel.function_chosen.connect(self.search.look_for)
        return panel

    # -- the panels at the right ----------------------------------------------------------

    @property
    def side_shown(self) -> bool:
        """Whether the panels at the right are there."""
        return self.side.isVisible()

    def show_side(self, on: bool) -> None:
        """Show the panels at the right, or leave their room to the timeline."""
        self._side_room.show(on)

    # -- what the keys do to the axis -----------------------------------------------------

    def zoom_by(self, factor: float) -> None:
        """Show ``factor`` times as much around the mouse, or the cursor where that is in view."""
        view, at = self.viewport.view, self.viewport.crosshair
        if at is None:
            at = self.viewport.middle_of(self.session.position)
        if not view.first <= at <= view.last:
            at = (view.first + view.last) / 2
        self.viewport.zoom(factor, at)

    # -- keeping what is seen -------------------------------------------------------------

    def export(self) -> None:
        """Ask for a file and write what is in view to it."""
        trace = self.session.trace
        if trace is None:
            return
        name = f"{trace.info.scenario}-timeline.svg"
        path = ask_where(self._window, "Export the timeline", name, KINDS)
        if path is not None:
            self.exporter.export(self.timeline, path)

    def export_plots(self) -> None:
        """Ask for a file and write the plots to it."""
        self.plots.ask_where(".svg")

    # -- arrangement ----------------------------------------------------------------------

    def _arrange(self) -> dict[str, QSplitter]:
        left = splitter(Qt.Orientation.Vertical, self.timeline, self.plots)
        left.setStretchFactor(0, 1)
        middle = QWidget()
        column = QVBoxLayout(middle)
        for widget, stretch in (
            (self.bar, 0), (self.minimap, 0), (left, 1), (self.explanation, 0),
        ):  # fmt: skip
            column.addWidget(widget, stretch)
        columns = splitter(Qt.Orientation.Horizontal, middle, self.side)
        columns.setStretchFactor(0, 1)
        whole = QVBoxLayout(self)
        whole.addWidget(columns, 1)
        whole.addWidget(self.transport)
        for box in (whole, column):
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(0)
        return {"columns": columns, "left": left}

    def _follow_scale(self) -> None:
        self._side_room.fit()
        self._share_later()

    def _share(self) -> None:
        """Give each view its share, as far as nobody has dragged; the calls come first."""
        self.explanation.set_room(self.height())
        self._side_room.fit()
        room = self.height() / self._window.themes.metrics.scale
        self.plots.setVisible(room >= _PLOTS_ROOM_PX)
        self.minimap.setVisible(room >= _OVERVIEW_ROOM_PX)
        said = room >= _SENTENCE_ROOM_PX or self.explanation in self.pointed
        self.explanation.setVisible(said)
        columns, left = self._splitters["columns"], self._splitters["left"]
        if "columns" not in self._dragged:
            self._side_room.share(columns)
        if "left" not in self._dragged:
            plots = left.height() * _PLOTS_SHARE // 100
            left.setSizes([left.height() - plots, plots])


def create(
    window: MainWindow, session: Session, playback: Playback, viewport: Viewport
) -> TimelineWorkspace:
    """Return the Timeline workspace of a window."""
    return TimelineWorkspace(window, session, playback, viewport)
