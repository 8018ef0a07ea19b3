"""What the three storages cost in every kernel at hand: bundled ones, this machine's, any file."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, QTimer
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFontMetrics,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.layout import library
from gui.widgets.elided import ElidedLabel
from gui.widgets.layout.copy_table import CopyTable
from gui.widgets.layout.member_model import SORT_ROLE
from gui.widgets.layout.survey_model import Column, SurveyModel, head_of

if TYPE_CHECKING:
    from core.layout.analysis import Question
    from core.layout.survey import SurveyRow
    from gui.layout_session import LayoutSession
    from gui.theme import ThemeManager

POLL_MS = 30
"""How often to ask for what the thread has read."""

_WIDEST_PX, _LEAST_PX = 320, 220
"""A column gets no more than this unless there is room; kernels get no less, at 100 %."""


class SurveyPanel(QWidget):
    """A table of kernels, filled a kernel at a time so that the window stays alive.

    A bundled kernel is read in about 10 ms, between two events. A file may be a whole vmlinux: it
    is read in a thread of its own.

    Args:
        session: Which kernel is opened, and what is said about the machine.
        themes: The theme in force.
        choose_files: Asks for files; for the tests.
    """

    def __init__(
        self,
        session: LayoutSession,
        themes: ThemeManager,
        choose_files: Callable[[], list[Path]] | None = None,
    ) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self._choose_files = choose_files or self._ask_for_files
        self._names: list[str] = []
        self._bundled: deque[str] = deque()
        self._reading: set[str] = set()
        self._read: SimpleQueue[tuple[Question, SurveyRow]] = SimpleQueue()
        self._question: Question | None = None
        self.model = SurveyModel(themes, self)
        self.proxy = QSortFilterProxyModel(self)
        self.proxy.setSourceModel(self.model)
        self.proxy.setSortRole(SORT_ROLE)
        self.title, self.state = ElidedLabel(), QLabel()
        self.add_button = QPushButton("Add files…")
        self.table = CopyTable(themes)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._slice)
        self._build()
        session.layout_changed.connect(self._ask_again)
        themes.changed.connect(self._dress)
        self._dress()

    def _build(self) -> None:
        self._head, self._column = QHBoxLayout(), QVBoxLayout(self)
        self._head.addWidget(self.title, 1)
        self._head.addWidget(self.state)
        self._head.addWidget(self.add_button)
        self._column.addLayout(self._head)
        self._column.addWidget(self.table, 1)
        self.setAcceptDrops(True)
        self.setAccessibleName("Survey of kernels")
        self.title.set_text("What each storage adds to task_struct", "In bytes; ✓ costs nothing")
        self.add_button.setToolTip(
            "A vmlinux, vmlinuz, BTF, pahole or layout file; or drop it here"
        )
        self.add_button.clicked.connect(self._add_chosen)
        self.table.setAccessibleName("Kernels and what each storage costs in them")
        self.table.setModel(self.proxy)
        self.table.resized.connect(self._fit_columns)
        self.table.activated.connect(self._open)

    # -- reading --------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Begin when it is first seen."""
        super().showEvent(event)
        if self._question is None:
            from core.layout.survey import kernels_at_hand

            self._names = [*kernels_at_hand(), *self._names]
            self._start()

    def _asked(self) -> Question:
        """Return what is said about the machine; what is said about one kernel stays there."""
        from core.layout.analysis import Question

        said = self._session.question
        return Question(cpus=said.cpus, xstate_bytes=said.xstate_bytes)

    def _ask_again(self) -> None:
        """Ask all kernels again where another machine is meant."""
        if self._question is not None and self._question != self._asked():
            self._start()

    def _start(self) -> None:
        self._question = self._asked()
        self._bundled.clear()
        self._reading.clear()
        self._queue(self._names)

    def _queue(self, names: Iterable[str]) -> None:
        known, files = set(library.bundled()), []
        for name in names:
            if name in known:
                self._bundled.append(name)
            else:
                files.append(name)
        if files and self._question is not None:
            self._reading |= set(files)
            arguments = (tuple(files), self._question, self._read)
            threading.Thread(target=_read_all, args=arguments, daemon=True).start()
        self._go_on()

    def _go_on(self) -> None:
        """Take the next slice soon, or stop when all is read."""
        if self._bundled:
            self._timer.start(0)
        elif self._reading:
            self._timer.start(POLL_MS)
        else:
            self._timer.stop()
        self._show_state()

    def _slice(self) -> None:
        """Read one bundled kernel, and take what the thread has read."""
        from core.layout.survey import survey_row

        fresh = self.model.rowCount()
        if self._bundled:
            self.model.put(
                survey_row(self._bundled.popleft(), question=self._question), self._names
            )
        while not self._read.empty():
            question, row = self._read.get()
            if question == self._question:  # not one that was asked before the last change
                self._reading.discard(row.name)
                self.model.put(row, self._names)
        self._go_on()
        if fresh != self.model.rowCount():
            self._fit_columns()

    @property
    def busy(self) -> bool:
        """Whether kernels are still being read."""
        return bool(self._bundled or self._reading)

    @property
    def rows(self) -> tuple[SurveyRow, ...]:
        """The kernels read so far, in the order they were asked for."""
        return tuple(self.model.rows)

    # -- adding ---------------------------------------------------------------------------

    def add_files(self, paths: Iterable[Path]) -> None:
        """Add files to the survey; a file that is there already is read again."""
        names = list(dict.fromkeys(str(path) for path in paths))
        self._names += [name for name in names if name not in self._names]
        if self._question is not None:
            self._queue(names)

    def _add_chosen(self) -> None:
        self.add_files(self._choose_files())

    def _ask_for_files(self) -> list[Path]:
        chosen, _ = QFileDialog.getOpenFileNames(self, "Add kernels to the survey")
        return [Path(path) for path in chosen]

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add the files that were dropped."""
        urls = event.mimeData().urls()
        self.add_files(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
        event.acceptProposedAction()

    # -- what is shown --------------------------------------------------------------------

    def _show_state(self) -> None:
        read, left = len(self.model.rows), len(self._bundled) + len(self._reading)
        failed = sum(1 for row in self.model.rows if row.problem)
        text = f"reading, {left} left" if left else f"{read} kernels"
        if failed and not left:
            text += f", {failed} unreadable"
        self.state.setText(text)
        self.table.setAccessibleDescription(text)

    def _open(self, index: QModelIndex) -> None:
        self._session.open(self.model.rows[self.proxy.mapToSource(index).row()].name)

    # -- how it looks ---------------------------------------------------------------------

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        pad = metrics.px(8)
        self._column.setContentsMargins(pad, pad, pad, pad)
        self._column.setSpacing(metrics.px(6))
        self._head.setSpacing(metrics.px(8))
        self.title.setFont(metrics.ui(bold=True))
        self.state.setFont(metrics.ui("caption"))
        self.state.setStyleSheet(f"color: {theme.muted}")
        self.table.dress()
        self.model.dress()
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Make columns as wide as what they say, and give the kernels the rest."""
        metrics, header = self._themes.metrics, self.table.horizontalHeader()
        ui, mono = QFontMetrics(metrics.ui()), QFontMetrics(metrics.mono())
        widths: dict[Column, int] = {}
        for column in Column:
            font = ui if column in (Column.KERNEL, Column.ARCH) else mono
            rows = range(self.model.rowCount())
            texts = [str(self.model.index(row, column).data() or "") for row in rows]
            longest = max(map(font.horizontalAdvance, texts), default=0) + metrics.px(24)
            head = ui.horizontalAdvance(head_of(column)) + metrics.px(32)
            widths[column] = min(max(longest, head), metrics.px(_WIDEST_PX))
        room = self.table.viewport().width() - sum(widths.values())
        least = min(widths[Column.KERNEL], metrics.px(_LEAST_PX))
        widths[Column.KERNEL] = max(least, widths[Column.KERNEL] + room)
        for column, width in widths.items():
            header.resizeSection(column, width)


def _read_all(
    names: tuple[str, ...],
    question: Question,
    into: SimpleQueue[tuple[Question, SurveyRow]],
) -> None:
    """Read kernels in a thread; touches nothing of the window."""
    from core.layout.survey import SurveyRow, label_of, survey_row

    for name in names:
        try:
            row = survey_row(name, question=question)
        except Exception as error:  # a row must come, or the panel would wait for it for ever
            row = SurveyRow(name, label_of(name), problem=f"cannot be read: {error}")
        into.put((question, row))
