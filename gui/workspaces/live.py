"""The Live workspace: the recursion played as a call stack.

At the left what is played, in the middle the stack and the controls that move through it, at the
right what belongs to the moment: the source line, the guard's word, the counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSplitter, QVBoxLayout, QWidget

from gui.bindings import pause_while_dragging
from gui.widgets.counts import CountsPanel
from gui.widgets.explanation import ExplanationStrip
from gui.widgets.guard_bar import GuardBar
from gui.widgets.parameter_form import ParameterForm
from gui.widgets.progress import RunProgress
from gui.widgets.scenario.picker import ScenarioPicker
from gui.widgets.scrubber import Scrubber
from gui.widgets.source import SourceView
from gui.widgets.stack.gauge import GaugeView
from gui.widgets.stack.view import StackView
from gui.widgets.transport import TransportBar
from gui.widgets.word import WordView

if TYPE_CHECKING:
    from gui.playback import Playback
    from gui.session import Session
    from gui.window import MainWindow

_SPLITTERS = ("columns", "left", "right")
_COLUMNS = (250, 720, 380)
"""Widths at the first start, at the scale of 1."""


class LiveWorkspace(QWidget):
    """The views of the Live workspace, arranged.

    Args:
        window: For its theme, commands and settings.
        session: What is played.
        playback: The clock that plays it.
    """

    def __init__(self, window: MainWindow, session: Session, playback: Playback) -> None:
        super().__init__()
        self._window, self._session = window, session
        themes = window.themes
        self.stack = StackView(session, themes)
        self.gauge = GaugeView(session, themes)
        self.source = SourceView(session, themes)
        self.word = WordView(session, themes)
        self.counts = CountsPanel(session, themes)
        self.explanation = ExplanationStrip(session, themes)
        self.guard_bar = GuardBar(session, themes)
        self.picker = ScenarioPicker(session, window.settings, themes)
        self.form = ParameterForm(session, themes)
        self.progress = RunProgress(session, themes, over=self.stack)
        self.transport = TransportBar(session, playback, window.registry, themes)
        self.scrubber = Scrubber(session, themes)
        self._splitters = self._arrange()
        self._restore()
        playback.playing_changed.connect(self.explanation.set_playing)
        session.frame_selected.connect(self.source.show_frame)
        self.scrubber.dragging_changed.connect(pause_while_dragging(playback))
        window.registry.connect("run.scenario", self.picker.choose)
        window.registry.action("file.clear_recent").triggered.connect(self.picker.reload)
        self.setFocusProxy(self.stack)

    def _arrange(self) -> dict[str, QSplitter]:
        left = _splitter(Qt.Orientation.Vertical, self.picker, _scrolled(self.form, "Parameters"))
        right = _splitter(Qt.Orientation.Vertical, self.source, self.word, self.counts)
        columns = _splitter(Qt.Orientation.Horizontal, left, self._middle(), right)
        left.setSizes([460, 240])
        right.setSizes([150, 350, 100])
        columns.setSizes(list(_COLUMNS))
        columns.setStretchFactor(1, 1)
        whole = QVBoxLayout(self)
        whole.addWidget(self.guard_bar)
        whole.addWidget(columns, 1)
        whole.addWidget(self.scrubber)
        whole.addWidget(self.transport)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        return dict(zip(_SPLITTERS, (columns, left, right), strict=True))

    def _middle(self) -> QWidget:
        middle = QWidget()
        column, stage = QVBoxLayout(middle), QHBoxLayout()
        stage.addWidget(self.stack, 1)
        stage.addWidget(self.gauge)
        column.addLayout(stage, 1)
        column.addWidget(self.explanation)
        for box in (column, stage):
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(0)
        return middle

    def _restore(self) -> None:
        for name, splitter in self._splitters.items():
            state = self._window.settings.state(f"live/{name}")
            if not state.isEmpty():
                splitter.restoreState(state)
            splitter.splitterMoved.connect(lambda *_, name=name: self._remember(name))

    def _remember(self, name: str) -> None:
        self._window.settings.set_state(f"live/{name}", self._splitters[name].saveState())


def _splitter(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    for widget in widgets:
        splitter.addWidget(widget)
    splitter.setChildrenCollapsible(False)
    return splitter


def _scrolled(widget: QWidget, name: str) -> QScrollArea:
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def create(window: MainWindow, session: Session, playback: Playback) -> LiveWorkspace:
    """Return the Live workspace of a window."""
    return LiveWorkspace(window, session, playback)
