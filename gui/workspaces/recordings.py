"""The Recordings workspace: what a real kernel did, as a flame graph, with the numbers beside it.

At the left the flame graph or the sandwich, at the right the heaviest, the treemap, what is
special, what another guard would have done, and the difference to a second recording.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from core.lesson.covered import CALLS, TABLES
from gui.recording_bindings import hand_over
from gui.recording_examples import EXAMPLES
from gui.recording_look import SANDWICH
from gui.widgets.arrange import keep_splitters, splitter
from gui.widgets.flame.view import FlameView
from gui.widgets.folding_bar import FoldingBar
from gui.widgets.recordings.bar import RecordingBar
from gui.widgets.recordings.difference import DifferencePanel
from gui.widgets.recordings.empty import EmptyState
from gui.widgets.recordings.frame_menu import frame_menu
from gui.widgets.recordings.notes import NotesPanel
from gui.widgets.recordings.progress import ReadingProgress
from gui.widgets.recordings.top import TopPanel
from gui.widgets.recordings.what_if import WhatIfPanel
from gui.widgets.side_panels import Panel, SidePanels
from gui.widgets.treemap.view import TreemapPanel
from gui.workspaces.room import SharedRoom, SideRoom

if TYPE_CHECKING:
    from core.recording.questions.what_if import WhatIf
    from gui.recording_session import RecordingSession
    from gui.session import Session
    from gui.widgets.flame.sandwich import SandwichView
    from gui.window import MainWindow

_SIDE_SHARE = 36
"""Percent of the width for the panels, until one drags."""


class RecordingsWorkspace(SharedRoom):
    """The views of the Recordings workspace, arranged.

    Args:
        window: For its theme, commands and settings.
        session: What is shown.
        player: Where a trace is played, and shown on the timeline.
    """

    def __init__(self, window: MainWindow, session: RecordingSession, player: Session) -> None:
        super().__init__()
        self._window, self.session, self._player = window, session, player
        themes, registry = window.themes, window.registry
        self.bar = RecordingBar(session, registry, themes)
        self.empty = EmptyState(EXAMPLES, themes)
        self.flame = FlameView(session, themes)
        self._sandwich: SandwichView | None = None
        self.views = QStackedWidget()
        self.side = SidePanels(self._panels(), themes, session.covered)
        self._content, self._stack = QWidget(), QStackedWidget()
        self.folding = FoldingBar(self.bar, "View, filter and search", themes, self)
        self._splitters = self._arrange()
        self._side_room = SideRoom(self.side, self, window, "recordings/side", _SIDE_SHARE)
        self._dragged = keep_splitters(self._splitters, window.settings, "recordings")
        self.progress = ReadingProgress(session, themes, over=self._stack)
        self.empty.wanted.connect(window.open_file)
        self.empty.asked.connect(window.choose_file)
        self.flame.menu_asked.connect(self._offer)
        session.recording_changed.connect(self._show)
        session.look_changed.connect(self._show_view)
        themes.changed.connect(self._follow_scale)
        self._follow_scale()
        self._show()

    @property
    def main_view(self) -> QWidget:
        """What has the keyboard where nobody else does."""
        if self.session.recording is None:
            return self.empty.open_button
        current = self.views.currentWidget()
        return current if current is not None else self.flame

    def _panels(self) -> tuple[Panel, ...]:
        session, themes = self.session, self._window.themes
        return (
            Panel(
                "top", "Top", "What is heaviest, as a table",
                lambda: TopPanel(session, themes), CALLS,
            ),
            Panel(
                "treemap", "Treemap", "Subsystems or modules as areas",
                lambda: TreemapPanel(session, themes),
            ),
            Panel("notes", "Special", "What is special about this recording", self._notes, TABLES),
            Panel(
                "what_if", "What if", "What another guard would have done", self._what_if, TABLES
            ),
            Panel(
                "difference", "Difference", "What differs from a second recording",
                lambda: DifferencePanel(session, self._window.registry, themes),
            ),
        )  # fmt: skip

    def _notes(self) -> NotesPanel:
        panel = NotesPanel(self.session, self._window.themes)
        panel.event_wanted.connect(self._go_to_event)
        return panel

    def _what_if(self) -> WhatIfPanel:
        panel = WhatIfPanel(self.session, self._window.themes)
        panel.cuts_wanted.connect(self._show_cuts)
        return panel

    def _show_cuts(self, row: WhatIf) -> None:
        """Mark on the timeline what a guard would have cut, and go to the first of it."""
        from gui.session import Cuts

        self._go_to_event(int(row.cut[0]))
        self._player.mark_cuts(Cuts(row.guard.title, row.cut))

    def _go_to_event(self, position: int) -> None:
        hand_over(self._window, self.session, self._player, "timeline", position)

    # -- what is shown --------------------------------------------------------------------

    def _show(self) -> None:
        session = self.session
        nothing = session.recording is None
        had_focus = self.isAncestorOf(self._window.focusWidget() or self._window)
        self._stack.setCurrentWidget(self.empty if nothing else self._content)
        self.folding.setVisible(not nothing)
        self._show_view()
        if session.comparing and self.side.shown != "difference":
            self.side.show_panel("difference")
        if had_focus and self.isVisible():
            self._window.focus_home()
        self._share_later()

    def _show_view(self) -> None:
        if self.session.view == SANDWICH and self._sandwich is None:
            from gui.widgets.flame.sandwich import SandwichView

            self._sandwich = SandwichView(self.session, self._window.themes)
            self._sandwich.menu_asked.connect(self._offer)
            self.views.addWidget(self._sandwich)
        wanted = self._sandwich if self.session.view == SANDWICH else self.flame
        if wanted is not None and wanted is not self.views.currentWidget():
            focused = self.views.isAncestorOf(self._window.focusWidget() or self._window)
            self.views.setCurrentWidget(wanted)
            if focused:
                self._window.focus_home()

    def _offer(self, function: str, where: QPoint) -> None:
        menu = frame_menu(self.session, function, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    # -- the panels at the right ----------------------------------------------------------

    @property
    def side_shown(self) -> bool:
        """Whether the panels at the right are there."""
        return self.side.isVisible()

    def show_side(self, on: bool) -> None:
        """Show the panels at the right, or leave their room to the flame graph."""
        self._side_room.show(on)

    @property
    def top(self) -> TopPanel:
        """The table of what is heaviest."""
        panel = self.side.panel("top")
        assert isinstance(panel, TopPanel)
        return panel

    def copy_markdown(self) -> None:
        """Copy the table of what is heaviest as Markdown."""
        self._copied(self.top.copy_markdown)

    def copy_csv(self) -> None:
        """Copy the table of what is heaviest as CSV."""
        self._copied(self.top.copy_csv)

    def _copied(self, copy: Callable[[], None]) -> None:
        if self.session.recording is None:
            self._window.messages.info("Open a recording first.")
            return
        copy()
        self._window.messages.ok("The table is on the clipboard.")

    def begin_search(self) -> None:
        """Let the user type what to look for."""
        self.folding.unfold()
        self.bar.begin_search()

    def begin_filter(self) -> None:
        """Let the user type a filter."""
        self.folding.unfold()
        self.bar.begin_filter()

    # -- what the keys do -----------------------------------------------------------------

    def zoom_by(self, factor: float) -> None:
        """Show ``factor`` times as much of the flame graph."""
        self.flame.zoom_by(factor)

    def pan_by(self, share: float) -> None:
        """Move the flame graph by a share of its width."""
        self.flame.pan_by(share)

    def fit(self) -> None:
        """Show the whole flame graph."""
        self.flame.whole()

    def zoom_back(self) -> None:
        """Go back to what was in view before."""
        self.flame.back()

    def reset(self) -> bool:
        """Show everything, look for nothing; False where that is so already."""
        session, zoom = self.session, self.flame.canvas.zoom
        zoomed = zoom is not None and not zoom.is_whole
        if not (zoomed or session.search or session.selected >= 0 or session.view == SANDWICH):
            return False
        self.flame.whole()
        session.reset()
        return True

    # -- arrangement ----------------------------------------------------------------------

    def _arrange(self) -> dict[str, QSplitter]:
        self.views.addWidget(self.flame)
        columns = splitter(Qt.Orientation.Horizontal, self.views, self.side)
        columns.setStretchFactor(0, 1)
        content, whole = QVBoxLayout(self._content), QVBoxLayout(self)
        content.addWidget(columns)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._content)
        whole.addWidget(self.folding)
        whole.addWidget(self._stack, 1)
        for box in (content, whole):
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(0)
        return {"columns": columns}

    def _follow_scale(self) -> None:
        self._side_room.fit()
        self._share_later()

    def _share(self) -> None:
        self._side_room.fit()
        columns = self._splitters["columns"]
        if "columns" not in self._dragged:
            self._side_room.share(columns)


def create(window: MainWindow, session: RecordingSession, player: Session) -> RecordingsWorkspace:
    """Return the Recordings workspace of a window."""
    return RecordingsWorkspace(window, session, player)
