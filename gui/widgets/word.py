"""The guard's storage unit as named bits, and how it is loaded, modified and stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import (
    QPalette,
)
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from core.lesson.covered import BITS
from core.trace.events import Kind
from core.trace.guard_word import (
    Moment,
    Other,
    Phase,
    Scan,
    moment_at,
    scan_at,
    verdict_of,
    watched_at,
)
from core.trace.once import once_a_run
from gui.covered import ASKED
from gui.theme import ThemeManager
from gui.widgets.in_sight import InSight
from gui.widgets.word_canvas import WordCanvas, lost_words
from gui.widgets.word_writers import WordWriters
from gui.widgets.wrapped import WrappedLabel

if TYPE_CHECKING:
    from core.trace.info import TraceInfo
    from core.trace.trace import Trace
    from core.trace.word_history import LostUpdate
    from gui.expected import Expected
    from gui.session import Session

NOT_RECORDED = "Not in the recording"
NO_STATE = {
    "unknown": (
        "calls and no memory",
        "A recording has the calls of functions and not the bytes of task_struct. Where its guard "
        "cut a save short is seen from the calls: a save inside a save that calls nothing.",
    ),
    "none": (
        "no guard",
        "Nothing here notices that page_owner is already at work in this task.",
    ),
    "scan": (
        "backtrace scan",
        "This guard keeps no state in task_struct: its state is the stack itself. After the walk "
        "it looks for its own return address among the saved entries, 16 at most.",
    ),
    "gfp": (
        "flag in the allocation mask",
        "This guard keeps no state at all: what a save allocates itself carries a flag in its gfp "
        "mask, and __set_page_owner lets that pass. A walk that calls kmalloc by itself, and a "
        "free, carry none.",
    ),
}
"""What is shown for the guards that keep no state: what they are, and what they do instead."""


def place_of(info: TraceInfo) -> tuple[str, str]:
    """Return where the storage unit lies, as a title and the rest of a sentence."""
    guard, layout = info.guard, info.layout
    borrowed = f" (borrowed for {layout.borrowed_for})" if layout.borrowed_for else ""
    order = " · big endian: bit 0 is the most significant" if guard.big_endian else ""
    if guard.per_cpu:
        return f"{guard.field}, one for each CPU", f"{guard.unit_bytes} bytes · per-CPU data{order}"
    title = f"task_struct + {guard.byte_offset}"
    shared = " · the serialized word, which other CPUs write too"
    word = shared if guard.word == "serialized" else ""
    return title, f"{guard.unit_bytes} bytes · {layout.label}{borrowed}{word}{order}"


def owner_of(trace: Trace, position: int) -> str:
    """Return whose word is shown."""
    from core.trace.explain import task_name

    owner = watched_at(trace, position)
    if trace.info.guard.per_cpu:
        return f"CPU {owner}"
    return f"task_struct of {task_name(trace, owner)}"


class WordView(QWidget):
    """The guard's word in memory and in a register.

    Args:
        session: Whose trace and cursor it follows.
        themes: The theme in force.
        whole: Whether nobody scrolls here: what there is no room for is left out.
    """

    def __init__(self, session: Session, themes: ThemeManager, *, whole: bool = False) -> None:
        super().__init__()
        self._session, self._themes, self._whole = session, themes, whole
        self.title, self.place = WrappedLabel(), WrappedLabel()
        self.nothing = WrappedLabel()
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.canvas = WordCanvas(themes)
        self.writers = WordWriters(session, themes)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.installEventFilter(self)
        content = QWidget()
        inside = self._inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.nothing)
        inside.addWidget(self.canvas)
        inside.addWidget(self.writers)
        inside.addStretch(1)
        self._scroll.setWidget(content)
        self._scroll.viewport().setAutoFillBackground(False)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        content.setAutoFillBackground(False)
        self._column = QVBoxLayout(self)
        for widget in (self.title, self.place):
            self._column.addWidget(widget)
        self._gap = QSpacerItem(0, 0)
        self._column.addItem(self._gap)
        self._column.addWidget(self._scroll, 1)
        in_sight = InSight(self)
        in_sight.connect_to(session.trace_changed, self._take_trace)
        in_sight.connect_to(session.covered.changed, self._cover)
        for changed in (session.trace_changed, session.position_changed, session.covered.changed):
            in_sight.connect_to(changed, self._move)
        session.highlights_changed.connect(self._point)
        themes.changed.connect(self._dress)
        self._dress()
        self._take_trace()
        self._point()
        self._cover()
        self._move()

    @property
    def moment(self) -> Moment | None:
        """What is shown, None where the guard keeps no state or nothing is open."""
        return self.canvas.scene.moment if self.canvas.scene else None

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        pad = metrics.px(12)
        self._column.setContentsMargins(pad, metrics.px(10), pad, metrics.px(10))
        self._column.setSpacing(metrics.px(2))
        self._gap.changeSize(0, metrics.px(8))
        self.title.setFont(metrics.mono("title", bold=True))
        self.place.setFont(metrics.ui("caption"))
        self.place.setStyleSheet(f"color: {theme.muted}")
        self.nothing.setFont(metrics.ui("body"))
        self._column.activate()
        self.canvas.set_room(self._scroll.maximumViewportSize())
        self.canvas.dress()
        self._move()
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the word know how much of it can be seen at once, without a scroll bar."""
        if event.type() == QEvent.Type.Resize and watched is self._scroll:
            self.canvas.set_room(self._scroll.maximumViewportSize())
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """Leave those who wrote the word what the word itself does not need."""
        if self._whole:
            room = self._scroll.maximumViewportSize()
            used_px = self.canvas.minimumHeight() + self._inside.spacing()
            self.writers.set_room(QSize(room.width(), room.height() - used_px))

    def prepare(self, expected: Expected) -> None:
        """Arrange the word of a run where the cursor will probably be."""
        trace = expected.trace
        if trace.info.guard.unit_bytes > 0:
            used = _used_in(trace)
            self.canvas.prepare(trace.info.guard, results_of(trace, used), used)

    def _take_trace(self) -> None:
        trace = self._session.trace
        stored = trace is not None and trace.info.guard.unit_bytes > 0
        self.canvas.setVisible(stored)
        self.nothing.setVisible(not stored)
        self.canvas.scene = None
        used = _used_in(trace) if trace is not None and stored else ()
        self.canvas.take(results_of(trace, used) if trace is not None else (), used)
        if trace is None:
            self.title.setText("No run yet")
            self.place.setText("The guard's word is shown here once a scenario is open.")
            self.nothing.setText("")
        elif stored:
            title, place = place_of(trace.info)
            self.title.setText(title)
            self.place.setText(place)
        else:
            design = trace.info.guard.design
            unknown = design == "unknown"
            self.title.setText(NOT_RECORDED if unknown else "No state in task_struct")
            self.place.setText(NO_STATE.get(design, ("", ""))[0])

    def _point(self) -> None:
        self.canvas.point(on="bits" in self._session.highlights)

    def _cover(self) -> None:
        self.canvas.cover(on=BITS in self._session.covered)

    def _move(self) -> None:
        trace, position = self._session.trace, self._session.position
        if trace is None:
            self.setAccessibleDescription("No run yet.")
            return
        guard = trace.info.guard
        if not guard.unit_bytes:
            self._show_no_state(guard.design, scan_at(trace, position))
            return
        moment = moment_at(trace, position)
        lost = _lost_at(trace, position)
        self.canvas.worker = _worker_at(trace, position)
        self.canvas.show_moment(guard, moment, owner_of(trace, position), position, lost)
        self._fit()
        self.setAccessibleName("The guard's word in task_struct")
        asked = BITS in self._session.covered
        said = (ASKED if asked else _spoken(trace.info, moment), self.writers.spoken)
        self.setAccessibleDescription(" ".join(filter(None, said)))

    def _show_no_state(self, design: str, scan: Scan | None) -> None:
        text = NO_STATE.get(design, ("", ""))[1]
        if scan is not None:
            rows = "".join(_scan_row(scan, at, self._themes) for at in range(len(scan.entries)))
            text = f'{_scan_sentence(scan)}<table cellspacing="2">{rows}</table>'
        self.nothing.setTextFormat(Qt.TextFormat.RichText)
        self.nothing.setText(text)
        self.setAccessibleName(
            "The guard's word is not in the recording"
            if design == "unknown"
            else "The guard keeps no state in task_struct"
        )
        self.setAccessibleDescription(_scan_sentence(scan) if scan else text)


def _scan_sentence(scan: Scan) -> str:
    what = f"the address after the call of save_stack in {scan.looked_for}"
    if scan.match is None:
        return f"{len(scan.entries)} entries are compared with {what}: none matches."
    return f"Entry {scan.match} is {what}: an older save is under way."


def _scan_row(scan: Scan, at: int, themes: ThemeManager) -> str:
    role, theme = themes.theme.role("guard"), themes.theme
    hit = at == scan.match
    mono = f"font-family:'{themes.metrics.mono_family}'"
    look = f"color:{role.ink if hit else theme.text};font-weight:{'bold' if hit else 'normal'}"
    mark = f'<b style="color:{role.ink}">← {role.glyph} match</b>' if hit else ""
    return (
        f'<tr><td align="right" style="color:{theme.muted};{mono}">{at}&nbsp;</td>'
        f'<td style="{look};{mono}">{scan.entries[at]}&nbsp;</td><td>{mark}</td></tr>'
    )


def _spoken(info: TraceInfo, moment: Moment) -> str:
    """What a screen reader says of a moment."""
    digits = info.guard.unit_bytes * 2
    register = "empty"
    if moment.register is not None:
        register = f"0x{moment.register:0{digits}x}"
    phase = "" if moment.phase is Phase.IDLE else f" Step: {moment.phase.value}."
    title, place = place_of(info)
    return (
        f"{title}, {place}. Memory 0x{moment.memory:0{digits}x}, register {register}.{phase} "
        f"{verdict_of(moment, info.guard).text}."
    )


@once_a_run
def _used_in(trace: Trace) -> tuple[str, ...]:
    from core.trace.word_history import neighbours_in_use

    return neighbours_in_use(trace)


def results_of(trace: Trace, used: Iterable[str]) -> tuple[str, ...]:
    """Return what may be said of a run with several writers: lost updates, and the neighbours.

    Args:
        trace: The run.
        used: The neighbours that are 1 at some time.
    """
    if trace.cpus.plain:
        return ()
    changed = Moment(Phase.MODIFIED, (), 0, 0, 0, 0)
    others = (replace(changed, others=(Other(name, 0, 1),)) for name in used)
    said = tuple(verdict_of(moment, trace.info.guard).text for moment in others)
    return (*lost_results(trace), *said)


def lost_results(trace: Trace) -> tuple[str, ...]:
    """Return everything that may be said of lost updates in a run."""
    sites = (site for site in trace.sites if site.kind is Kind.LOST_UPDATE)
    facts = (tuple(map(site.fact, ("field", "lost_by", "kept_by"))) for site in sites)
    return tuple(lost_words(*told) for told in sorted(set(facts)))


def _lost_at(trace: Trace, position: int) -> LostUpdate | None:
    if trace.cpus.plain:
        return None
    from core.trace.word_history import lost_update_at

    lost = lost_update_at(trace, position)
    return lost if lost is not None and lost.guard else None


def _worker_at(trace: Trace, position: int) -> str:
    """Whose copy the register holds: by name where more than one CPU may have one."""
    if not trace.cpus.several:
        return "current"
    from core.trace.explain import task_name

    return task_name(trace, trace.task_at(position))
