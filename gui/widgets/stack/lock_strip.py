"""The locks that are held at the cursor: by whom, and who spins on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.geometry.stack import Box
from gui.widgets.stack.style import LEFT, Face, draw_pill, face, qrect

if TYPE_CHECKING:
    from core.trace.holdings.locks import LockIndex, LockState
    from gui.session import Session
    from gui.theme import Theme, ThemeManager

NONE_HELD = "no lock is held"
_LINE_PX = 26
_MOST_LINES = 3


class LockLine(NamedTuple):
    """What is said of a lock.

    Attributes:
        name: The kernel's name for it.
        owner: Who holds it, and where.
        waiting: Who spins on it, empty where nobody does.
        tone: quiet, wait (somebody spins) or deadlock (nobody can go on).
    """

    name: str
    owner: str
    waiting: str
    tone: str

    @property
    def text(self) -> str:
        """The whole line."""
        waiting = f"; {self.waiting}" if self.waiting else ""
        return f"{self.name}: {self.owner}{waiting}"


def lock_lines(index: LockIndex, position: int) -> tuple[LockLine, ...]:
    """Return a line for each lock that is held, those that somebody waits for first."""
    state = index.at(position)
    dead = {wait.lock for wait in state.cycle}
    lines = [_line(state.lock(number), dead) for number in state.held]
    order = {"deadlock": 0, "wait": 1, "quiet": 2}
    return tuple(sorted(lines, key=lambda line: order[line.tone]))


def _line(lock: LockState, dead: set[str]) -> LockLine:
    waiting = ", ".join(
        "itself" if lock.owner is not None and str(w) == str(lock.owner) else str(w)
        for w in lock.waiting
    )
    tone = "deadlock" if lock.name in dead else "wait" if waiting else "quiet"
    verb = "spin" if len(lock.waiting) > 1 else "spins"
    return LockLine(
        lock.name.removeprefix("the lock of the "),
        str(lock.owner) if lock.owner is not None else "",
        f"{waiting} {verb} on it" if waiting else "",
        tone,
    )


class LockStrip(QWidget):
    """The lock strip: for runs with several CPUs, or with interrupts, in which a lock is taken.

    Its height stays while the run does, so that nothing jumps whenever a lock is taken.

    Args:
        session: Whose trace and cursor it follows.
        themes: The theme in force.
    """

    def __init__(self, session: Session, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self._index: LockIndex | None = None
        self.lines: tuple[LockLine, ...] = ()
        self._rows = 1
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Locks")
        session.trace_changed.connect(self._take_trace)
        session.position_changed.connect(self._move)
        themes.changed.connect(self._dress)
        self._take_trace()

    def _take_trace(self) -> None:
        trace = self._session.trace
        self._index = None
        if trace is not None and trace.info.locks and not trace.cpus.plain:
            from core.trace.holdings.locks import LockIndex

            index = LockIndex(trace)
            self._index = index if index.ever_taken else None
            self._rows = min(_MOST_LINES, max(1, index.most_held))
        self.setVisible(self._index is not None)
        self._move(self._session.position)
        self.updateGeometry()

    def _move(self, position: int) -> None:
        before = self.lines
        self.lines = lock_lines(self._index, position) if self._index is not None else ()
        if self.lines != before:
            told = ". ".join(line.text for line in self.lines) or NONE_HELD
            self.setAccessibleDescription(told)
            self.update()

    def _dress(self) -> None:
        self.updateGeometry()
        self.update()

    # -- Qt -----------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return the height of its lines."""
        px = self._themes.metrics.px
        return QSize(px(320), px(_LINE_PX) * self._rows + px(6))

    def event(self, event: QEvent) -> bool:
        """Tell all of what does not fit."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(
                event.globalPos(), "\n".join(line.text for line in self.lines) or NONE_HELD, self
            )
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a line for each lock that is held."""
        theme, metrics = self._themes.theme, self._themes.metrics
        px, plain = metrics.px, face(metrics.ui("caption"))
        bold = face(metrics.ui("caption", bold=True))
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), QColor(theme.surface))
            painter.fillRect(QRectF(0, 0, self.width(), 1), QColor(theme.border))
            painter.setPen(QColor(theme.muted))
            top = px(3)
            if not self.lines:
                painter.setFont(plain.font)
                row = QRectF(px(12), top, self.width(), px(_LINE_PX))
                painter.drawText(row, LEFT, f"{theme.role('lock').glyph}  {NONE_HELD}")
            shown = self.lines if len(self.lines) <= self._rows else self.lines[: self._rows]
            for at, line in enumerate(shown):
                box = Box(0, top + at * px(_LINE_PX), self.width(), px(_LINE_PX))
                more = len(self.lines) - len(shown) if at == len(shown) - 1 else 0
                self._paint_line(painter, theme, box, line, (bold, plain), more)

    def _paint_line(
        self,
        painter: QPainter,
        theme: Theme,
        box: Box,
        line: LockLine,
        faces: tuple[Face, Face],
        more: int,
    ) -> None:
        px, (bold, plain) = self._themes.metrics.px, faces
        roles = {"deadlock": theme.danger, "wait": theme.warning}
        role = roles.get(line.tone, theme.role("lock"))
        if line.tone != "quiet":
            painter.fillRect(qrect(box).adjusted(0, 1, 0, -1), QColor(role.soft))
        name = bold.cut_middle(line.name, box.width * 0.4)
        width, height = bold.width(name) + px(30), bold.metrics.height() + px(5)
        pill = Box(px(8), box.middle - height / 2, width, height)
        painter.setFont(bold.font)
        draw_pill(painter, pill, f"{role.glyph}  {name}", QColor(role.colour),
                  QColor(role.on_colour))  # fmt: skip
        rest = f"  +{more} more" if more else ""
        told = f"{line.owner}" if not line.waiting else f"{line.owner}  ←  {line.waiting}"
        font = bold if line.tone != "quiet" else plain
        painter.setFont(font.font)
        painter.setPen(QColor(role.ink if line.tone != "quiet" else theme.text))
        left = pill.right + px(8)
        room = box.right - left - px(8) - plain.width(rest)
        text = QRectF(left, box.top, room, box.height)
        painter.drawText(text, LEFT | Qt.TextFlag.TextSingleLine, font.cut(told, room))
        if rest:
            painter.drawText(QRectF(text.right(), box.top, plain.width(rest) + 1, box.height),
                             LEFT, rest)  # fmt: skip
