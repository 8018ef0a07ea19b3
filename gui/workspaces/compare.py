"""The Compare workspace: two to four lanes side by side, moving together until they part.

On top the lanes' call stacks, level as far as they are the same; below them the lanes on one axis;
at the foot what each came to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.widgets.arrange import Soon
from gui.widgets.compare.bar import CompareBar
from gui.widgets.compare.columns import LaneColumns
from gui.widgets.compare.grips import GripSplitter
from gui.widgets.compare.strips import StripsView
from gui.widgets.compare.table import DifferencesPanel
from gui.widgets.folding_bar import FoldingBar
from gui.widgets.progress import RunProgress
from gui.widgets.transport import TransportBar
from gui.workspaces.room import Pointed

if TYPE_CHECKING:
    from gui.compare_session import CompareSession
    from gui.playback import Playback
    from gui.session import Session
    from gui.window import MainWindow

_SHARES = (54, 17, 29)
"""Percent of the height for the stacks, the strips and the table, until one drags."""
_OVERLAY_SHARE = 8
"""What the stacks give up for an overlay."""
_STACKS_PX, _LOW_STACKS_PX, _LEAST_STACKS_PX = 230, 190, 140
"""Height the stacks get, at the scale of 1, before the table gets more than a few rows, before it
gets those, and before its sentence gets anything."""


class CompareWorkspace(QWidget):
    """The views of the Compare workspace, arranged.

    ``main_view`` has the keyboard where nobody else does.

    Args:
        window: For its theme, commands and settings.
        session: What is compared.
        playback: The clock that moves its cursor.
    """

    def __init__(self, window: MainWindow, session: CompareSession, playback: Playback) -> None:
        super().__init__()
        self._window, self._session = window, session
        themes = window.themes
        self.bar = CompareBar(session, themes)
        self.columns = LaneColumns(session, themes)
        self.main_view = self.strips = StripsView(session, themes)
        self.table = DifferencesPanel(session, themes)
        # The same signals, and the same way to stop a run, as the session of a single run.
        self.progress = RunProgress(cast("Session", session), themes, over=self.columns)
        cursor = cast("Session", session.cursor)
        self.transport = TransportBar(cursor, playback, window.registry, themes)
        self._dragged = False
        self.pointed = Pointed(self._share)
        self._soon = Soon(self, self._share)
        self.folding = FoldingBar(self.bar, "What is compared", themes, self)
        self._splitter = self._arrange()
        self._splitter.installEventFilter(self)
        self._restore()
        self.bar.pair_changed.connect(self._overlay)
        self.table.copied.connect(self._tell_copied)
        session.traces_changed.connect(self._hint)
        session.traces_changed.connect(self._share_later)
        themes.changed.connect(self._share_later)

    def _arrange(self) -> GripSplitter:
        parts = GripSplitter(self._window.themes, self.columns, self.strips, self.table)
        parts.setStretchFactor(0, 1)
        whole = QVBoxLayout(self)
        whole.addWidget(self.folding)
        whole.addWidget(parts, 1)
        whole.addWidget(self.transport)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        return parts

    def add_lane(self) -> None:
        """Add a lane, and let the user say what runs in it."""
        self.folding.unfold()
        self.bar.add_lane()

    def _restore(self) -> None:
        state = self._window.settings.state("compare/parts")
        if not state.isEmpty():
            self._splitter.restoreState(state)
            self._dragged = True
        self._splitter.splitterMoved.connect(self._remember)

    def _remember(self) -> None:
        self._dragged = True
        self._keep_table()
        self._window.settings.set_state("compare/parts", self._splitter.saveState())

    def _overlay(self, pair: tuple[int, int] | None) -> None:
        self.strips.set_pair(pair)
        self.columns.set_sides(pair)
        self._share_later()

    def _tell_copied(self, what: str) -> None:
        self._window.messages.ok(f"{what} is on the clipboard.")

    def _hint(self) -> None:
        """Have the lanes say what to press as long as nothing has happened."""
        alignment, registry = self._session.alignment, self._window.registry
        commands = {"play.toggle": "plays all lanes"}
        if alignment is not None and len(alignment.parting_moments):
            commands["compare.next_parting"] = "goes to where they part"
        commands["play.forward"] = "makes one step"
        keys = {command: registry.key_labels(command) for command in commands}
        hints = [(keys[command][0], words) for command, words in commands.items() if keys[command]]
        self.columns.set_hints(tuple(hints))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back on Esc to what was in view before, whatever has the keyboard."""
        if event.key() != Qt.Key.Key_Escape or not self.strips.viewport.back():
            super().keyPressEvent(event)

    # -- heights --------------------------------------------------------------------------

    def _share_later(self) -> None:
        """Share the heights when all views have shown what is new."""
        self._soon.start()

    def _share(self) -> None:
        """Give each view its share, as long as nobody has dragged."""
        if self._dragged:
            # When all has its place for good: what is taken here is not given back.
            QTimer.singleShot(0, self, self._keep_table)
            return
        handles = 2 * self._splitter.handleWidth()
        whole, px = self._splitter.height() - handles, self._window.themes.metrics.px
        stacks, strips, table = (whole * share // 100 for share in _SHARES)
        if self.strips.pair is not None:
            more = whole * _OVERLAY_SHARE // 100
            stacks, strips = stacks - more, strips + more
        strips = max(strips, self.strips.minimumSizeHint().height())
        # At a large scale the table makes room for the stacks, and then the sentence above it.
        least = self.table.least_height()
        table = min(table, whole - strips - px(_STACKS_PX))
        readable = self.table.readable_height()
        if table < readable:
            table = readable if whole - strips - readable >= px(_LOW_STACKS_PX) else least
        room = whole - strips - least >= px(_LEAST_STACKS_PX)
        self.table.setVisible(room or self.table in self.pointed)
        self._splitter.setSizes([whole - strips - table, strips, table])

    def _keep_table(self) -> None:
        """Give a few rows of the table back where one has dragged them away by mistake."""
        stacks, strips, table = self._splitter.sizes()
        if not table:
            return
        of_strips = max(0, strips - self.strips.minimumSizeHint().height())
        of_stacks = max(0, stacks - self._window.themes.metrics.px(_LEAST_STACKS_PX))
        wanted = self.table.readable_height()
        if table + of_strips + of_stacks < wanted:
            wanted = self.table.least_height()
        missing = min(max(0, wanted - table), of_strips + of_stacks)
        if missing:
            given = min(missing, of_strips)
            sizes = [stacks - (missing - given), strips - given, table + missing]
            self._splitter.setSizes(sizes)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share the new height: the bar above may have taken or given some."""
        if watched is self._splitter and event.type() == QEvent.Type.Resize:
            self._share_later()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """Follow what is open in Live."""
        super().showEvent(event)
        self._hint()
        self._session.follow(True)
        self._share_later()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave what is open in Live alone until this is looked at again."""
        super().hideEvent(event)
        self._session.follow(False)


def create(window: MainWindow, session: CompareSession, playback: Playback) -> CompareWorkspace:
    """Return the Compare workspace of a window."""
    return CompareWorkspace(window, session, playback)
