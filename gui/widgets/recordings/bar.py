"""The bar over the flame graph: what is open, how it is looked at, filter and search."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from gui.recording_look import (
    BY_DIFFERENCE,
    BY_FUNCTION,
    BY_MODULE,
    BY_SUBSYSTEM,
    COLOURINGS,
    FLAME,
    HEAVY,
    SANDWICH,
    TIME,
)
from gui.widgets.bar import fill_bar
from gui.widgets.controls import CONTROL_PX, Captioned, MenuButton, Segments
from gui.widgets.elided import ElidedLabel
from gui.widgets.flow import FlowLayout
from gui.widgets.recordings.filter_field import FilterField
from gui.widgets.recordings.search_box import SearchBox
from gui.widgets.recordings.words import size_text, weight_name
from gui.widgets.sentences import time_text

if TYPE_CHECKING:
    from core.recording.opening import Recording
    from gui.actions import ActionRegistry
    from gui.recording_session import RecordingSession
    from gui.theme import ThemeManager

_VIEWS = (
    (TIME, "Time order", "As the recording has it, from left to right  (1)"),
    (HEAVY, "Left heavy", "The heaviest at the left  (2)"),
    (SANDWICH, "Sandwich", "Callers and callees of the selected function  (3)"),
)
_SHAPES = (
    ("down", "Icicle", "The root on top  (U)"),
    ("up", "Flame", "The root at the foot  (U)"),
)
_COLOURS = {
    BY_SUBSYSTEM: ("Subsystem", "By the part of the kernel a function belongs to"),
    BY_MODULE: ("Module", "By the module a function lies in"),
    BY_FUNCTION: ("Function", "The same name, the same colour"),
    BY_DIFFERENCE: ("Difference", "What grew and what shrank against the base"),
}
_WIDE_PX = 1040
"""In a bar narrower than this, at 100 %, buttons say less."""
_BESIDE_PX = 760
"""In a bar narrower than this, at 100 %, the buttons stand below the fields."""
_LEAST_NAME_PX, _MOST_NAME_PX = 210, 420
"""Room for the file's name, at 100 %: what the controls leave, but not less than a row is worth."""


def figures(recording: Recording) -> str:
    """Return what a recording comes to: records, pages and bytes, or calls and duration."""
    trace, profile = recording.trace, recording.profile
    if trace is not None:
        told = trace.info.recording
        calls = told.calls_closed + told.calls_open_at_end if told is not None else 0
        parts = [f"{calls:,} calls"] if calls else [f"{len(trace):,} events"]
        if told is not None and told.duration_ns:
            parts.append(time_text(told.duration_ns))
        if told is not None and told.cpus > 1:
            parts.append(f"{told.cpus} CPUs")
        return " · ".join(parts)
    assert profile is not None
    parts = [f"{len(profile):,} {profile.info.unit}"]
    if profile.total("pages"):
        parts.append(f"{profile.total('pages'):,} pages")
    if profile.total("bytes"):
        parts.append(size_text(profile.total("bytes")))
    return " · ".join(parts)


class RecordingBar(QFrame):
    """The controls of the Recordings workspace.

    Args:
        session: What is shown and changed.
        registry: For the buttons that are commands.
        themes: The theme in force.
    """

    def __init__(
        self, session: RecordingSession, registry: ActionRegistry, themes: ThemeManager
    ) -> None:
        super().__init__()
        self._session, self._registry, self._themes = session, registry, themes
        self.name, self.about = ElidedLabel(), ElidedLabel()
        self.weight = MenuButton("Width", themes, self._fill_weights)
        self.views = Segments(_VIEWS, themes, self._choose_view)
        self.shape = Segments(_SHAPES, themes, lambda way: session.set_upward(way == "up"))
        self.colours = MenuButton("Colours", themes, self._fill_colours)
        self.collapse = QPushButton("Collapse")
        self.timeline_button = self._command_button("recordings.timeline")
        self.live_button = self._command_button("recordings.live")
        self.compare_button = self._command_button("recordings.compare")
        self._texts = {
            self.timeline_button: ("Show on the timeline", "Timeline"),
            self.live_button: ("Play in Live", "Live"),
            self.compare_button: ("Compare with…", "Compare…"),
        }
        self.filter = FilterField(session, themes)
        self.search = SearchBox(session, themes)
        self._build()
        session.recording_changed.connect(self._show_recording)
        session.look_changed.connect(self._show)
        session.tree_changed.connect(self._show)
        themes.changed.connect(self._dress)
        self._dress()
        self._show_recording()

    def _command_button(self, command: str) -> QPushButton:
        button = QPushButton()
        button.setAutoDefault(False)
        button.setToolTip(self._registry.action(command).toolTip())
        button.clicked.connect(lambda: self._registry.run(command))
        return button

    def _build(self) -> None:
        self._title, controls = QWidget(), QWidget()
        title = QVBoxLayout(self._title)
        title.setContentsMargins(0, 0, 0, 0)
        title.setSpacing(0)
        title.addWidget(self.name)
        title.addWidget(self.about)
        self._flow, self._row, self._column = FlowLayout(controls), QHBoxLayout(), QVBoxLayout(self)
        self._parts = [
            Captioned("Width", self.weight, self._themes),
            Captioned("View", self.views, self._themes),
            Captioned("Shape", self.shape, self._themes),
            Captioned("Colours", self.colours, self._themes),
            Captioned("Recursion", self.collapse, self._themes),
        ]
        # FlowLayout moves its last item to the right edge.
        for widget in (self._title, *self._parts, QWidget()):
            self._flow.addWidget(widget)
        fields, buttons = QHBoxLayout(), QHBoxLayout()
        fields.addWidget(self.filter, 3, Qt.AlignmentFlag.AlignTop)
        fields.addWidget(self.search, 2, Qt.AlignmentFlag.AlignTop)
        for button in (self.timeline_button, self.live_button, self.compare_button):
            buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        buttons.addStretch(0)
        self._row.addLayout(fields, 1)
        self._row.addLayout(buttons)
        self._rows = (self._row, fields, buttons)
        self._column.addWidget(controls)
        self._column.addLayout(self._row)
        self.collapse.setCheckable(True)
        self.collapse.setToolTip("A function that calls itself is one frame  (R)")
        self.collapse.clicked.connect(self._session.set_collapse)
        self.setAccessibleName("Recording")

    def begin_filter(self) -> None:
        """Let the user type a filter."""
        self.filter.begin()

    def begin_search(self) -> None:
        """Let the user type over what was looked for."""
        self.search.begin()

    # -- asking the session ---------------------------------------------------------------

    def _choose_view(self, view: str) -> None:
        if view == SANDWICH:
            self._session.set_view(SANDWICH)
        else:
            self._session.set_order(view)

    def _fill_weights(self, menu: QMenu) -> None:
        session = self._session
        for weight in session.weights:
            text = weight_name(weight, session.profile)
            self._entry(menu, text, "", weight == session.weight, session.set_weight, weight)

    def _fill_colours(self, menu: QMenu) -> None:
        session = self._session
        for colouring in COLOURINGS:
            text, tip = _COLOURS[colouring]
            chosen = colouring == session.colouring
            self._entry(menu, text, tip, chosen, session.set_colouring, colouring)
            if colouring == BY_DIFFERENCE:
                menu.actions()[-1].setEnabled(session.comparing)

    def _entry(
        self,
        menu: QMenu,
        text: str,
        tip: str,
        chosen: bool,
        obey: Callable[[str], object],
        value: str,
    ) -> None:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(chosen)
        action.setToolTip(tip)
        # Later: the menu is still on the screen now.
        action.triggered.connect(lambda: QTimer.singleShot(0, self, partial(obey, value)))

    # -- what is shown --------------------------------------------------------------------

    def _show_recording(self) -> None:
        recording = self._session.recording
        for part in (*self._parts, self.filter, self.search):
            part.setEnabled(recording is not None)
        ordered = recording is not None and recording.trace is not None
        self.timeline_button.setVisible(ordered)
        self.live_button.setVisible(ordered)
        self.compare_button.setEnabled(recording is not None)
        if recording is None:
            self.name.set_text("No recording")
            self.about.set_text("Drop one on the window")
        else:
            self.name.set_text(Path(recording.name).name, recording.name)
            self.about.set_text(f"{recording.format.title} · {figures(recording)}")
        self._show()

    def _show(self) -> None:
        session = self._session
        name = weight_name(session.weight, session.profile) if session.weight else "–"
        self.weight.show_value(name, "What the width of a frame means")
        self.views.show_value(SANDWICH if session.view != FLAME else session.order)
        self.shape.show_value("up" if session.upward else "down")
        text, tip = _COLOURS[session.colouring]
        self.colours.show_value(text, tip)
        self.collapse.setChecked(session.collapse)
        self._fit()

    # -- look -----------------------------------------------------------------------------

    def _dress(self) -> None:
        metrics, theme = self._themes.metrics.frame(), self._themes.theme
        px = metrics.px
        self._column.setContentsMargins(px(14), px(8), px(14), px(8))
        self._column.setSpacing(px(8))
        for row in self._rows:
            row.setSpacing(px(12))
        self._flow.gaps = px(12), px(8)
        self.name.setFont(metrics.ui("title", bold=True))
        self.about.setFont(metrics.ui("caption"))
        self.about.setStyleSheet(f"color: {theme.muted}")
        for button in (
            self.collapse, self.timeline_button, self.live_button, self.compare_button,
        ):  # fmt: skip
            button.setFont(metrics.ui())
            inside = px(CONTROL_PX) - 2
            button.setStyleSheet(
                "QPushButton { padding-top: 0; padding-bottom: 0; "
                f"min-height: {inside}px; max-height: {inside}px; }} "
                f"QPushButton:focus {{ min-height: {inside - 2}px; max-height: {inside - 2}px; }}"
            )
        for part in self._parts:
            part.dress()
        self._fit()
        self.update()

    def _fit(self) -> None:
        """Give the name the room that the controls leave in the first row."""
        px = self._themes.metrics.frame().px
        taken = sum(each.sizeHint().width() + self._flow.gaps[0] for each in self._parts)
        wide = self.width() >= px(_WIDE_PX)
        for button, texts in self._texts.items():
            button.setText(texts[not wide])
        way = QHBoxLayout.Direction
        beside = self.width() >= px(_BESIDE_PX)
        self._row.setDirection(way.LeftToRight if beside else way.TopToBottom)
        room = self.width() - 2 * px(14) - taken
        self._title.setFixedWidth(max(px(_LEAST_NAME_PX), min(px(_MOST_NAME_PX), room)))
        self._flow.invalidate()
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the bar, with a hairline below."""
        fill_bar(self, self._themes.theme)
