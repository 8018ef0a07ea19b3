"""What the function at the cursor does: a short listing with the line that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.trace.events import Kind
from core.trace.spots import Spot, spot_at
from gui.theme import Role, ThemeManager
from gui.widgets.elided import ElidedLabel
from gui.widgets.in_sight import InSight
from gui.widgets.source_code import CodeView

if TYPE_CHECKING:
    from core.trace.events import Function
    from core.trace.info import TraceInfo
    from core.trace.trace import Trace
    from gui.expected import Expected
    from gui.session import Session

OUR_WORDS = (
    "Our own short words for what the function does, not the kernel's text. Only the names are "
    "the kernel's."
)


class SourceView(QWidget):
    """The listing of the function at the cursor, or of a frame further out.

    Args:
        session: Whose trace and cursor it follows.
        themes: The theme in force.
    """

    def __init__(self, session: Session, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self._frame: int | None = None
        self.spot: Spot | None = None
        self.badge, self.title, self.where = QLabel(), ElidedLabel(), ElidedLabel()
        self.badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.code = CodeView(themes)
        self._head, words = QHBoxLayout(), QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.where)
        self._head.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignVCenter)
        self._head.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(self.code, 1)
        self.setFocusProxy(self.code)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        in_sight = InSight(self)
        in_sight.connect_to(session.trace_changed, self._take_trace)
        for changed in (session.trace_changed, session.position_changed, session.essential_changed):
            in_sight.connect_to(changed, self._follow)
        themes.changed.connect(self._dress)
        self._dress()

    def show_frame(self, index: int | None) -> None:
        """Show a frame of ``session.frames()``, outermost 0; None goes back to the cursor.

        The frame stays until the cursor moves.
        """
        self._frame = index
        self._show()

    def prepare(self, expected: Expected) -> None:
        """Find the listing of a place where the cursor will probably be."""
        spot_at(expected.trace, expected.position)

    def _follow(self) -> None:
        self._frame = None
        self._show()

    def _take_trace(self) -> None:
        trace = self._session.trace
        self.code.set_functions(_subsystems(trace) if trace is not None else {})

    def _dress(self) -> None:
        metrics = self._themes.metrics
        self._head.setContentsMargins(metrics.px(12), metrics.px(8), metrics.px(12), metrics.px(8))
        self._head.setSpacing(metrics.px(9))
        self.title.setFont(metrics.mono("title", bold=True))
        self.where.setFont(metrics.ui("caption"))
        self.where.setStyleSheet(f"color: {self._themes.theme.muted}")
        self.badge.setFont(metrics.ui("body", bold=True))
        self.badge.setFixedSize(metrics.px(26), metrics.px(26))
        self.code.dress()
        self._show()

    def _show(self) -> None:
        trace, session = self._session.trace, self._session
        spot = None
        if trace is not None:
            frames = session.frames() if self._frame is not None else ()
            wanted = self._frame is not None and 0 <= self._frame < len(frames)
            call = frames[self._frame].call if wanted and self._frame is not None else None
            spot = spot_at(trace, session.position, call)
        self.spot = spot
        if trace is None or spot is None:
            self._show_nothing(trace)
            return
        if trace.info.recording is not None:
            self._show_recorded(trace, spot.function)
            return
        role = self._role(trace, spot)
        note = f"{spot.function.name} · {role.label}\n{OUR_WORDS}"
        self.title.set_text(spot.function.name, note)
        self.where.set_text(_where(trace.info, spot), OUR_WORDS)
        subsystem = self._themes.theme.role(spot.function.subsystem)
        self._show_badge(subsystem)
        self.code.show_spot(spot, role, trace.info.guard.field)
        self._describe(spot)

    def _show_recorded(self, trace: Trace, function: Function) -> None:
        """Name the function: which line of it runs, a recording of calls does not say."""
        subsystem = self._themes.theme.role(function.subsystem)
        self._show_badge(subsystem)
        self.title.set_text(function.name, f"{function.name} · {subsystem.label}")
        source = f"{function.source} · " if function.source else ""
        self.where.set_text(f"{source}recorded in {trace.info.scenario}")
        self.code.show_spot(None, self._themes.theme.role("caller"), "")
        self._tell("Function", f"{function.name}, recorded: no line of it is known")

    def _show_badge(self, subsystem: Role) -> None:
        self.badge.setText(subsystem.glyph)
        self.badge.setToolTip(subsystem.label)
        self.badge.setStyleSheet(
            f"background: {subsystem.colour}; color: {subsystem.on_colour};"
            f" border-radius: {self._themes.metrics.px(6)}px"
        )
        self.badge.show()

    def _show_nothing(self, trace: Trace | None) -> None:
        first = "Before the first event" if trace is not None else "No run yet"
        self.badge.hide()
        self.title.set_text(first)
        self.where.set_text("The function that runs is shown here, line by line.")
        self.code.show_spot(None, self._themes.theme.role("caller"), "")
        self._tell("Listing", first)

    def _role(self, trace: Trace, spot: Spot) -> Role:
        """The colours of the line that runs: its subsystem's, the guard's, or the end's."""
        theme = self._themes.theme
        if spot.stopped:
            return theme.danger
        if not spot.outer and trace.kind(spot.event) is Kind.SHORT_CIRCUITED:
            return theme.role("guard")
        return theme.role(spot.function.subsystem)

    def _describe(self, spot: Spot) -> None:
        if spot.line is None:
            line = "no line of it"
        else:
            text = spot.listing.lines[spot.line - 1].text.strip()
            line = f"line {spot.line} of {len(spot.listing.lines)}: {text}"
        state = "waits in" if spot.outer else "died at" if spot.stopped else "is at"
        name = spot.function.name
        self._tell(f"Listing of {name}", f"{name} {state} {line}")

    def _tell(self, name: str, description: str) -> None:
        """Say the same of the view and of the text in it, which has the keyboard."""
        for widget in (self, self.code):
            widget.setAccessibleName(name)
            widget.setAccessibleDescription(description)


def _where(info: TraceInfo, spot: Spot) -> str:
    kernel = f"Linux {info.kernel} {info.arch}"
    source = spot.listing.source or spot.function.source
    where = f"{source} · {kernel}" if source else kernel
    return f"{where} · waits for its callee" if spot.outer else where


def _subsystems(trace: Trace) -> dict[str, str]:
    return {function.name: function.subsystem for function in trace.functions}
