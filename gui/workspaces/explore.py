"""The Explore workspace: every interleaving of a scenario, and what came of it.

On top the question, below it the answer as one sentence; then the properties with what is looked
at, and at the right the picture of the state space. Where room is short, one of the two is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.widgets.arrange import keep_splitters, scrolled, splitter
from gui.widgets.controls import Segments
from gui.widgets.explore.bar import ExploreBar
from gui.widgets.explore.detail import Detail
from gui.widgets.explore.empty import EmptyState
from gui.widgets.explore.graph_panel import GraphPanel
from gui.widgets.explore.property_list import PropertyList
from gui.widgets.explore.verdict import VerdictBanner
from gui.widgets.folding_bar import FoldingBar
from gui.workspaces.room import SharedRoom

if TYPE_CHECKING:
    from gui.explore_session import ExploreSession
    from gui.session import Session
    from gui.window import MainWindow

_LEFT_SHARE = 40
"""Percent of the width for the properties, until one drags."""
_NARROW_PX = 640
"""Below this, at the scale in force, properties and picture take turns."""
_LEAST_PX = 220
"""Height of what is below the sentence, at the scale in force; for more one scrolls."""
_ANSWER, _PICTURE = "answer", "picture"
_TURNS = (
    (_ANSWER, "Properties", "What held and what did not"),
    (_PICTURE, "States", "The picture of the state space"),
)


class _Content(QStackedWidget):
    """What is below the sentence: it takes the room there is, and asks for its least."""

    def hasHeightForWidth(self) -> bool:
        """Say that any height will do that is not below the least."""
        return False

    def sizeHint(self) -> QSize:
        """Return the least height."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        """Return what the page in front needs, not what others would."""
        front = self.currentWidget()
        wide = front.minimumSizeHint().width() if front is not None else 0
        return QSize(wide, self.minimumHeight())


class ExploreWorkspace(SharedRoom):
    """The views of the Explore workspace, arranged.

    Args:
        window: For its theme, commands and settings.
        session: What is explored.
        player: The scenario, and what is set about it.
    """

    def __init__(self, window: MainWindow, session: ExploreSession, player: Session) -> None:
        super().__init__()
        self._window, self.session = window, session
        themes, registry = window.themes, window.registry
        self.bar = ExploreBar(session, player, registry, window.settings, themes)
        self.banner = VerdictBanner(session, themes)
        self.empty = EmptyState(themes)
        self.list, self.detail = PropertyList(session, themes), Detail(session, registry, themes)
        self.graph = GraphPanel(session, themes)
        self.turns = Segments(_TURNS, themes, self.show_panel)
        self._turn = _ANSWER
        self._content, self._stack, self._turns_row = QWidget(), _Content(), QWidget()
        self._splitters = self._arrange()
        self._dragged = keep_splitters(self._splitters, window.settings, "explore")
        self.bar.menus.open_asked.connect(window.choose_file)
        self.empty.asked.connect(lambda: registry.run("explore.start"))
        self.list.wanted.connect(lambda: registry.run("explore.live"))
        self.graph.view.wanted.connect(self._play_state)
        session.started.connect(self._show)
        session.ended.connect(self._show)
        session.result_changed.connect(self._show)
        session.result_changed.connect(lambda: QTimer.singleShot(0, self, self._show_verdict))
        themes.changed.connect(self._follow_scale)
        self.turns.show_value(self._turn)
        self._follow_scale()
        self._show()

    @property
    def main_view(self) -> QWidget:
        """What has the keyboard where nobody else does."""
        if self._stack.currentWidget() is self.empty:
            return self.empty.button
        return self.graph.view if self._left.isHidden() else self.list

    def _play_state(self, node: int) -> None:
        self.session.select_node(node)
        self._window.registry.run("explore.live")

    # -- what is shown --------------------------------------------------------------------

    def _show(self) -> None:
        session = self.session
        nothing = session.result is None and not session.busy
        focused = self._window.focusWidget()
        homeless = focused is None or not focused.isVisible() or self.empty.isAncestorOf(focused)
        self._stack.setCurrentWidget(self.empty if nothing else self._content)
        self.banner.setVisible(not nothing)
        self.banner.renew()
        self._follow_scale()
        if homeless and self.isVisible():
            self._window.focus_home()

    def _show_verdict(self) -> None:
        """Bring the sentence into view, where not all is."""
        self.area.verticalScrollBar().setValue(self.banner.y())

    @property
    def picture_shown(self) -> bool:
        """Whether the picture is there."""
        return not self.graph.isHidden()

    def toggle_picture(self) -> None:
        """Show the picture, or leave its room to the properties."""
        if self._is_narrow:
            self.show_panel(_ANSWER if self._turn == _PICTURE else _PICTURE)
            return
        self._window.settings.set_put_away("explore/picture", self.picture_shown)
        self._share()

    @property
    def panel(self) -> str:
        """Which of the two is shown where room is short."""
        return self._turn

    def show_panel(self, turn: str) -> None:
        """Where room is short, show the properties or the picture."""
        self._turn = turn
        self.turns.show_value(turn)
        self._share()

    def copy_text(self) -> str:
        """Return the answer as text."""
        said = (self.banner.sentence, self.banner.note, self.banner.figures)
        lines = [label.text() for label in said if label.text()]
        rows = self.list.properties.rows
        lines += [f"- {self.list.properties.index(at).data()}: {row.state}"
                  for at, row in enumerate(rows)]  # fmt: skip
        return "\n".join(lines)

    def reset(self) -> bool:
        """Look at no state, show the whole picture; False where that is so already."""
        session, view = self.session, self.graph.view
        if session.node < 0 and view.camera.is_whole:
            return False
        session.select_node(-1)
        view.whole()
        return True

    # -- arrangement ----------------------------------------------------------------------

    def _arrange(self) -> dict[str, QSplitter]:
        rows = splitter(Qt.Orientation.Vertical, self.list, self.detail)
        rows.setStretchFactor(1, 1)
        columns = splitter(Qt.Orientation.Horizontal, rows, self.graph)
        columns.setStretchFactor(1, 1)
        self._left = rows
        row = QHBoxLayout(self._turns_row)
        row.addWidget(self.turns)
        row.addStretch(1)
        row.setContentsMargins(12, 7, 12, 7)
        content, whole = QVBoxLayout(self._content), QVBoxLayout(self)
        content.addWidget(self._turns_row)
        content.addWidget(columns, 1)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._content)
        # In a small window at a large scale all of it scrolls: the sentence is not to be cut.
        inside = QWidget()
        column = QVBoxLayout(inside)
        folding = FoldingBar(self.bar, "Scenario and bounds", self._window.themes, self)
        for widget in (folding, self.banner, self._stack):
            column.addWidget(widget)
        column.setStretch(2, 1)
        self.area = scrolled(inside, "Explore")
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setStyleSheet("QScrollArea { border: none; border-radius: 0; }")
        whole.addWidget(self.area)
        for box in (content, column, whole):
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(0)
        return {"columns": columns, "rows": rows}

    def _follow_scale(self) -> None:
        nothing = self._stack.currentWidget() is self.empty
        # What says that there is nothing scrolls by itself.
        least = 0 if nothing else self._window.themes.metrics.px(_LEAST_PX)
        self._stack.setMinimumHeight(least)
        self._share_later()

    @property
    def _is_narrow(self) -> bool:
        return self.width() < self._window.themes.metrics.px(_NARROW_PX)

    def _share(self) -> None:
        narrow, focused = self._is_narrow, self._window.focusWidget()
        within = focused is not None and self._content.isAncestorOf(focused)
        wanted = not self._window.settings.is_put_away("explore/picture")
        self._turns_row.setVisible(narrow)
        self._left.setVisible(not narrow or self._turn == _ANSWER)
        wanted = wanted or self.graph in self.pointed
        self.graph.setVisible(self._turn == _PICTURE if narrow else wanted)
        self.banner.set_brief(narrow)
        if within and focused is not None and not focused.isVisibleTo(self):
            self._window.focus_home()
        columns, rows = self._splitters["columns"], self._splitters["rows"]
        columns.updateGeometry()
        if "columns" not in self._dragged and not narrow:
            left = max(columns.width() * _LEFT_SHARE // 100, self._left.minimumSizeHint().width())
            columns.setSizes([left, columns.width() - left])
        if "rows" not in self._dragged:
            top = min(self.list.sizeHint().height(), rows.height() // 2)
            rows.setSizes([top, rows.height() - top])

    def showEvent(self, event: QShowEvent) -> None:
        """Estimate again what is looked at."""
        super().showEvent(event)
        self.session.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Estimate nothing while nobody looks."""
        super().hideEvent(event)
        self.session.watch(False)


def create(window: MainWindow, session: ExploreSession, player: Session) -> ExploreWorkspace:
    """Return the Explore workspace of a window."""
    return ExploreWorkspace(window, session, player)
