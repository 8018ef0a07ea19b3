"""The Compare workspace: two to four lanes side by side, moving together until they part.

On top the lanes' call stacks, level as far as they are the same; below them the lanes on one axis;
at the foot what each came to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from gui.widgets.arrange import splitter
from gui.widgets.compare.bar import CompareBar
from gui.widgets.compare.columns import LaneColumns
from gui.widgets.compare.strips import StripsView
from gui.widgets.compare.table import DifferencesPanel
from gui.widgets.progress import RunProgress
from gui.widgets.transport import TransportBar

if TYPE_CHECKING:
    from gui.compare_session import CompareSession
    from gui.playback import Playback
    from gui.session import Session
    from gui.window import MainWindow

_SHARES = (52, 22, 26)
"""Percent of the height for the stacks, the strips and the table, until one drags."""
_OVERLAY_SHARE = 8
"""What the stacks give up for an overlay."""
_STACKS_PX, _LEAST_STACKS_PX = 230, 140
"""Height the stacks get before the table does, and before its sentence does, at the scale of 1."""


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
        self._splitter = self._arrange()
        self._splitter.installEventFilter(self)
        self._restore()
        self.bar.pair_changed.connect(self._overlay)
        session.traces_changed.connect(self._share_later)
        themes.changed.connect(self._share_later)

    def _arrange(self) -> QSplitter:
        parts = splitter(Qt.Orientation.Vertical, self.columns, self.strips, self.table)
        parts.setStretchFactor(0, 1)
        whole = QVBoxLayout(self)
        whole.addWidget(self.bar)
        whole.addWidget(parts, 1)
        whole.addWidget(self.transport)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        return parts

    def _restore(self) -> None:
        state = self._window.settings.state("compare/parts")
        if not state.isEmpty():
            self._splitter.restoreState(state)
            self._dragged = True
        self._splitter.splitterMoved.connect(self._remember)

    def _remember(self) -> None:
        self._dragged = True
        self._window.settings.set_state("compare/parts", self._splitter.saveState())

    def _overlay(self, pair: tuple[int, int] | None) -> None:
        self.strips.set_pair(pair)
        self.columns.set_sides(pair)
        self._share_later()

    # -- heights --------------------------------------------------------------------------

    def _share_later(self) -> None:
        """Share the heights when all views have shown what is new."""
        QTimer.singleShot(0, self, self._share)

    def _share(self) -> None:
        """Give each view its share, as long as nobody has dragged."""
        if self._dragged:
            return
        whole, px = self._splitter.height(), self._window.themes.metrics.px
        stacks, strips, table = (whole * share // 100 for share in _SHARES)
        if self.strips.pair is not None:
            more = whole * _OVERLAY_SHARE // 100
            stacks, strips = stacks - more, strips + more
        strips = max(strips, self.strips.minimumSizeHint().height())
        # At a large scale the table makes room for the stacks, and then the sentence above it.
        least = self.table.least_height()
        table = max(least, min(table, whole - strips - px(_STACKS_PX)))
        self.table.setVisible(whole - strips - least >= px(_LEAST_STACKS_PX))
        self._splitter.setSizes([whole - strips - table, strips, table])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share the new height: the bar above may have taken or given some."""
        if watched is self._splitter and event.type() == QEvent.Type.Resize:
            self._share_later()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """Follow what is open in Live."""
        super().showEvent(event)
        self._session.follow(True)
        self._share_later()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave what is open in Live alone until this is looked at again."""
        super().hideEvent(event)
        self._session.follow(False)


def create(window: MainWindow, session: CompareSession, playback: Playback) -> CompareWorkspace:
    """Return the Compare workspace of a window."""
    return CompareWorkspace(window, session, playback)
