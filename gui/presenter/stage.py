"""The large view of a step: the program's own views, live, without what surrounds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from core.lesson.covered import CALLS, TABLES
from gui.widgets.cover import Cover

if TYPE_CHECKING:
    from gui.compare_session import CompareSession
    from gui.explore_session import ExploreSession
    from gui.layout_session import LayoutSession
    from gui.presenter.hall import HallThemes
    from gui.recording_session import RecordingSession
    from gui.session import Session
    from gui.viewport import Viewport

WIDE = ("timeline", "compare", "recordings")
"""The workspaces whose views want the whole width: the text stands above them."""
RUNS = ("live", "timeline", "compare")
"""The workspaces in which a run is in view that can be played and stepped."""
_RUN_KEYS = ("Space", "→")
"""What plays and steps a run here, as an empty stack says it: a full stop blackens the screen."""
_TIMELINE_SHARE = 0.7
"""How large the timeline's rows are beside other things: deep calls have to fit under the text."""
_WORD_SHARE = 50
"""Percent of a live view's height for the guard's word, where a step is about its bits."""


@dataclass(frozen=True, slots=True)
class StageParts:
    """What the views of a stage show. What is a function is made when it is first wanted."""

    session: Session
    viewport: Callable[[], Viewport]
    layouts: Callable[[], LayoutSession]
    recordings: Callable[[], RecordingSession]
    comparison: CompareSession
    exploring: Callable[[], ExploreSession]


class Stage(QStackedWidget):
    """One view for each workspace, built when a step first wants it.

    Args:
        parts: What the views show.
        themes: The look of the hall.
    """

    changed = Signal()
    """A view shows something else, and neither a run's cursor nor a step has told so."""
    _resized = Signal()

    def __init__(self, parts: StageParts, themes: HallThemes) -> None:
        super().__init__()
        self._parts, self._themes = parts, themes
        self._views: dict[str, QWidget] = {}
        self._panels: dict[tuple[QWidget, str], QWidget] = {}
        self.problem = QLabel(wordWrap=True)
        self.problem.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.addWidget(self.problem)

    def show_step(self, workspace: str, highlights: tuple[str, ...]) -> None:
        """Show the view of a workspace, with the panels that a step points at."""
        view = self._made(workspace)
        if workspace in ("live", "timeline"):
            self._show_panels(view, _panels_of(highlights))
        elif workspace == "recordings":
            self._show_beside(view, highlights)
        elif workspace == "layout":
            self._show_below(view, highlights)
        elif workspace == "explore":
            from gui.presenter.explorations import HallExploration

            assert isinstance(view, HallExploration)
            view.show_panels(_panels_of(highlights))
            # A hall waits for no button.
            self._parts.exploring().start_unless_answered()
        self.setCurrentWidget(view)
        self.setAccessibleName(f"The {workspace} view")

    def prepare(self, workspace: str, highlights: tuple[str, ...]) -> None:
        """Make what a step will need, so that it is there at once."""
        view = self._made(workspace)
        if workspace in ("live", "timeline"):
            for name in _panels_of(highlights):
                self._add_panel(view, name)
        elif workspace == "layout":
            self._show_below(view, highlights, shown=False)

    def _show_below(
        self, view: QWidget, highlights: tuple[str, ...], *, shown: bool = True
    ) -> None:
        from gui.presenter.layouts import HallLayout

        assert isinstance(view, HallLayout)
        names = _panels_of(highlights)
        made = view.show_panels(names) if shown else view.prepare_panels(names)
        if made is not None:
            _leave_keys(made)

    def _show_beside(self, view: QWidget, highlights: tuple[str, ...]) -> None:
        from gui.presenter.recordings import HallRecording

        assert isinstance(view, HallRecording)
        for panel in view.show_panels(_panels_of(highlights)):
            _leave_keys(panel)

    def _made(self, workspace: str) -> QWidget:
        view = self._views.get(workspace)
        if view is None:
            view = self._views[workspace] = self._built(workspace)
            self.addWidget(view)
            _leave_keys(view)
        return view

    def show_problem(self, sentence: str) -> None:
        """Say why there is nothing to see."""
        self.problem.setText(sentence)
        self.setCurrentWidget(self.problem)

    def view(self, workspace: str) -> QWidget | None:
        """Return the view of a workspace, None where no step has wanted it."""
        return self._views.get(workspace)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See again what there is room for."""
        super().resizeEvent(event)
        self._resized.emit()

    def _built(self, workspace: str) -> QWidget:
        make: dict[str, Callable[[], QWidget]] = {
            "live": self._live,
            "timeline": self._timeline,
            "compare": self._compare,
            "layout": self._layout,
            "recordings": self._recordings,
            "explore": self._explore,
        }
        return make[workspace]()

    def _live(self) -> QWidget:
        from gui.widgets.explanation import ExplanationStrip
        from gui.widgets.stack.cpus import CpuStacks
        from gui.widgets.stack.gauge import GaugeView
        from gui.widgets.stack.view import StackView

        session, themes = self._parts.session, self._themes
        stack, cpus = StackView(session, themes), CpuStacks(session, themes)
        for each in (stack, cpus):
            each.set_keys(*_RUN_KEYS)
        gauge = GaugeView(session, themes)

        def show_stacks() -> None:
            trace = session.trace
            stack.setVisible(not cpus.shown)
            cpus.setVisible(cpus.shown)
            known = trace is None or trace.info.recording is None
            room = self.width() - gauge.sizeHint().width()
            gauge.setVisible(known and (not cpus.shown or cpus.has_room(room)))

        session.trace_changed.connect(show_stacks)
        self._resized.connect(show_stacks)
        show_stacks()
        row = _row(stack, cpus)
        row_layout = row.layout()
        assert isinstance(row_layout, QBoxLayout)
        row_layout.addWidget(gauge)
        explanation = ExplanationStrip(session, themes)
        session.expected.connect(stack.prepare)
        session.expected.connect(explanation.prepare)
        return _column(row, explanation)

    def _timeline(self) -> QWidget:
        from gui.search import Search
        from gui.widgets.explanation import ExplanationStrip
        from gui.widgets.timeline.model import TimelineModel
        from gui.widgets.timeline.view import TimelineView

        session, viewport = self._parts.session, self._parts.viewport()
        themes = self._themes.smaller(_TIMELINE_SHARE, self)
        model, search = TimelineModel(session, viewport, themes, self), Search(session, self)
        view = TimelineView(session, viewport, model, search, themes)
        return _column(_row(view), ExplanationStrip(session, self._themes))

    def _compare(self) -> QWidget:
        from gui.widgets.compare.columns import LaneColumns
        from gui.widgets.compare.strips import StripsView

        comparison, themes = self._parts.comparison, self._themes
        return _column(LaneColumns(comparison, themes), StripsView(comparison, themes))

    def _layout(self) -> QWidget:
        from gui.presenter.layouts import HallLayout

        return HallLayout(self._parts.layouts(), self._themes)

    def _recordings(self) -> QWidget:
        from gui.presenter.recordings import HallRecording

        return HallRecording(self._parts.recordings(), self._themes)

    def _explore(self) -> QWidget:
        from gui.presenter.explorations import HallExploration

        made = HallExploration(self._parts.exploring(), self._themes)
        made.changed.connect(self.changed)
        return made

    # -- panels -----------------------------------------------------------------------------------

    def _show_panels(self, view: QWidget, wanted: tuple[str, ...]) -> None:
        """Put panels under the view, made when a step first points at one."""
        for name in wanted:
            self._add_panel(view, name)
        for (place, name), panel in self._panels.items():
            if place is view:
                panel.setVisible(name in wanted)

    def _add_panel(self, view: QWidget, name: str) -> None:
        if (view, name) in self._panels or (made := self._panel(name)) is None:
            return
        column = view.layout()
        assert isinstance(column, QBoxLayout)
        made.hide()
        _leave_keys(made)
        self._panels[view, name] = made
        column.insertWidget(1, made, _WORD_SHARE)
        column.setStretch(0, 100 - _WORD_SHARE)

    def _panel(self, name: str) -> QWidget | None:
        make = _PANELS.get(name)
        return make(self._parts.session, self._themes) if make is not None else None


def _word(session: Session, themes: HallThemes) -> QWidget:
    from gui.widgets.word import WordView

    return WordView(session, themes, whole=True)


def _machine(session: Session, themes: HallThemes) -> QWidget:
    from gui.widgets.machine.panel import MachinePanel

    return MachinePanel(session, themes)


def _listing(session: Session, themes: HallThemes) -> QWidget:
    from gui.widgets.source import SourceView

    return SourceView(session, themes)


def _counts(session: Session, themes: HallThemes) -> QWidget:
    from gui.widgets.counts import CountsPanel

    return CountsPanel(session, themes)


def _functions(session: Session, themes: HallThemes) -> QWidget:
    from gui.widgets.functions.panel import FunctionsPanel

    return Cover(FunctionsPanel(session, themes), session.covered, CALLS, themes)


def _recursion(session: Session, themes: HallThemes) -> QWidget:
    from gui.widgets.tree.view import RecursionTree

    return Cover(RecursionTree(session, themes), session.covered, TABLES, themes)


def _plots(session: Session, themes: HallThemes) -> QWidget:
    from gui.widgets.plots.panel import PlotsPanel

    return Cover(PlotsPanel(session, themes), session.covered, TABLES, themes)


_PANELS: dict[str, Callable[[Session, HallThemes], QWidget]] = {
    "word": _word,
    "machine": _machine,
    "listing": _listing,
    "counts": _counts,
    "functions": _functions,
    "recursion": _recursion,
    "plots": _plots,
}
"""What a step can have beside the views of Live and Timeline, as ``core.lesson.panels`` has it."""


def _panels_of(highlights: tuple[str, ...]) -> tuple[str, ...]:
    """Return the panels that highlights name; bits are seen in the word they are in."""
    names = [each.partition(":")[2] for each in highlights if each.startswith("panel:")]
    if "bits" in highlights:
        names.append("word")
    return tuple(dict.fromkeys(names))


def _leave_keys(view: QWidget) -> None:
    """Leave the keys to the lesson where one clicks into a view; Tab still gets there."""
    for each in (view, *view.findChildren(QWidget)):
        if each.focusPolicy() & Qt.FocusPolicy.ClickFocus:
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)


def _column(*widgets: QWidget) -> QWidget:
    """Return widgets one under the other; the first one gets what room there is."""
    made = QWidget()
    _fill(QVBoxLayout(made), *widgets)
    return made


def _row(*widgets: QWidget) -> QWidget:
    made = QWidget()
    _fill(QHBoxLayout(made), *widgets)
    return made


def _fill(box: QBoxLayout, *widgets: QWidget) -> None:
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    for at, widget in enumerate(widgets):
        box.addWidget(widget, 0 if at and isinstance(box, QVBoxLayout) else 1)
