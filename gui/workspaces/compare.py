"""The Compare workspace: two to four lanes side by side, moving together until they part.

On top the lanes' call stacks, level as far as they are the same; below them the lanes on one axis;
at the foot what each came to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
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
_LEAST_STACKS_PX = 230
"""Height the stacks get before the table does, at the scale of 1."""


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
        whole = self._splitter.height()
        stacks, strips, table = (whole * share // 100 for share in _SHARES)
        if self.strips.pair is not None:
            more = whole * _OVERLAY_SHARE // 100
            stacks, strips = stacks - more, strips + more
        strips = max(strips, self.strips.minimumSizeHint().height())
        # At a large scale the table makes room for the stacks; its sentence stays.
        least = self._window.themes.metrics.px(_LEAST_STACKS_PX)
        table = max(self.table.least_height(), min(table, whole - strips - least))
        self._splitter.setSizes([whole - strips - table, strips, table])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new height."""
        super().resizeEvent(event)
        self._share_later()

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
