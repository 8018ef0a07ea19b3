"""Who wrote the guard's word, and who holds an older copy of it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from core.lesson.covered import BITS
from gui.covered import MARK
from gui.widgets.wrapped import WrappedLabel

if TYPE_CHECKING:
    from core.trace.trace import Trace
    from core.trace.word_history import Copy, Write
    from gui.session import Session
    from gui.theme import ThemeManager

_MOST_WRITES = 4


class WordWriters(QWidget):
    """The last writes and other contexts' copies.

    It is there only for runs with several CPUs or interrupts: elsewhere nobody but the running
    task writes the word.

    Args:
        session: Whose trace and cursor it follows.
        themes: The theme in force.
    """

    def __init__(self, session: Session, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.history = WrappedLabel()
        self.history.setTextFormat(Qt.TextFormat.RichText)
        self.history.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.history)
        self.spoken = ""
        self._room: QSize | None = None
        # Before the word itself, which says what is written here.
        session.trace_changed.connect(self._show)
        session.position_changed.connect(self._show)
        session.covered.changed.connect(self._show)
        themes.changed.connect(self._show)
        self._show()

    def set_room(self, room: QSize) -> None:
        """Show no more than there is room for, nothing where there is none."""
        if room != self._room:
            self._room = room
            self._show()

    def _show(self) -> None:
        trace = self._session.trace
        shown = trace is not None and trace.info.guard.unit_bytes > 0 and not trace.cpus.plain
        self.setVisible(shown)
        self.spoken = ""
        if trace is None or not shown:
            return
        from core.trace.word_history import copies_at, history_at, lost_update_at

        position = self._session.position
        metrics = self._themes.metrics
        self._column.setContentsMargins(0, metrics.px(8), 0, 0)
        lost = lost_update_at(trace, position)
        writes = history_at(trace, position, _MOST_WRITES)
        copies = copies_at(trace, position)
        self.history.setFont(metrics.ui("caption"))
        forms = _forms(writes, copies)
        fits = (form for form in forms if self._take(self._history_html(trace, *form)))
        if self._room is None:
            self._take(self._history_html(trace, *forms[0]))
        else:
            self.setVisible(next(fits, None) is not None)
        if BITS in self._session.covered:
            return
        told = [lost.sentence] if lost is not None else []
        told += [
            f"{copy.who} works on {'an older' if copy.stale else 'a'} copy." for copy in copies
        ]
        self.spoken = " ".join(told)

    def _take(self, html: str) -> bool:
        """Show a text; return whether there is room for it."""
        self.history.setText(html)
        margins, room = self._column.contentsMargins(), self._room
        if room is None:
            return True
        wide = room.width() - margins.left() - margins.right()
        tall = self.history.heightForWidth(max(1, wide))
        return tall + margins.top() + margins.bottom() <= room.height()

    def _history_html(
        self, trace: Trace, writes: tuple[Write, ...], copies: tuple[Copy, ...]
    ) -> str:
        theme = self._themes.theme
        mono = f"font-family:'{self._themes.metrics.mono_family}'"
        digits = 2 * trace.info.guard.unit_bytes
        rows, asked = [], BITS in self._session.covered

        def value(word: int) -> str:
            return f"0x{MARK * digits if asked else f'{word:0{digits}x}'}"

        for copy in copies:
            role = theme.warning if copy.stale else theme.info
            what = "older copy" if copy.stale else "copy"
            rows.append(
                f'<tr><td style="{mono};color:{role.ink}">{value(copy.word)}&nbsp;</td>'
                f'<td style="color:{role.ink}"><b>{role.glyph} {what}</b> of {escape(copy.who)}'
                f" · {escape(copy.where)}</td></tr>"
            )
        for at, write in enumerate(writes):
            gone = f' <b style="color:{theme.danger.ink}">× lost {write.lost:#x}</b>'
            ink = theme.text if at == 0 else theme.muted
            rows.append(
                f'<tr><td style="{mono};color:{ink}">{value(write.word)}&nbsp;</td>'
                f'<td style="color:{ink}">{escape(write.who)} · {escape(write.where)}'
                f"{gone if write.lost and not asked else ''}</td></tr>"
            )
        if copies and not writes:
            return f'<table cellspacing="2">{"".join(rows)}</table>'
        if not rows:
            return f'<span style="color:{theme.muted}">Nobody has written it yet.</span>'
        head = f'<b style="color:{theme.muted}">Last written by</b>'
        return f'{head}<table cellspacing="2">{"".join(rows)}</table>'


def _forms(
    writes: tuple[Write, ...], copies: tuple[Copy, ...]
) -> list[tuple[tuple[Write, ...], tuple[Copy, ...]]]:
    """Return what to show where there is less and less room: the copies stay longest."""
    fewer = [(writes[:count], copies) for count in range(len(writes), 0, -1)]
    return [*fewer, ((), copies)] if copies or not writes else fewer
