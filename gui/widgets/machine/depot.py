"""The stack depot at the cursor: its pools drawn, its stacks listed, the newest at the top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy

from core.trace.holdings.depot import DepotState, RecordState
from gui.widgets.machine.details import About, Link
from gui.widgets.machine.model import Column, HeldModel
from gui.widgets.machine.pages import handle_sign, lost_role
from gui.widgets.machine.pools import PoolsDrawing
from gui.widgets.machine.table import HeldTable
from gui.widgets.machine.view import TableView

if TYPE_CHECKING:
    from core.trace.holdings.state import Holdings
    from gui.theme import Role, Theme, ThemeManager

_HINT = "Select a stack, in the list or in a pool, to see its frames."
_OLD = "This run was saved by an older version, which did not record where stacks lie."
_MOST_POOLS_PX = 150
"""The pools get no more height than this before they scroll, at 100 %."""


def summary(depot: DepotState) -> str:
    """Return the depot in a line."""
    stacks = "1 stack" if depot.n_records == 1 else f"{depot.n_records:,} stacks"
    if not depot.pool_bytes:
        return stacks
    pools = "1 pool" if depot.n_pools == 1 else f"{depot.n_pools:,} pools"
    spare = "spare ready" if depot.spare else "no spare"
    full = ", no more allowed" if depot.n_pools >= depot.max_pools else ""
    return f"{stacks} · {pools} of {depot.pool_bytes:,} bytes{full} · {spare}"


class DepotView(TableView):
    """The depot: pools, stacks, and the frames of the selected stack.

    Args:
        themes: The theme in force.
    """

    def __init__(self, themes: ThemeManager) -> None:
        self._holdings: Holdings | None = None
        self._state: DepotState | None = None
        self.model: HeldModel[RecordState] = HeldModel(
            self._columns(), lambda r: r.number, lambda r: r.changed, self._facts, themes
        )
        self.title, self.pools, self.area = QLabel(wordWrap=True), PoolsDrawing(themes), _Area()
        self.area.setWidget(self.pools)
        table = HeldTable(self.model, themes, stretched=1)
        super().__init__("Stacks", table, _HINT, themes, head=(self.title, self.area))
        self.setAccessibleName("Stack depot")
        self._pinned = False
        table.selected.connect(self._pin)
        self.pools.record_clicked.connect(self._choose)
        self.pools.record_opened.connect(self._open)
        self.dress()

    def _columns(self) -> list[Column[RecordState]]:
        def special(theme: Theme, record: RecordState) -> Role | None:
            return lost_role(theme, record.special)

        def handle(record: RecordState) -> str:
            sign = handle_sign(self._themes.theme, record.special)
            return f"{sign} {record.special or record.handle}"

        return [
            Column("Stack", "Number of the stack, in the order in which they were stored",
                   lambda record: str(record.number), right=True, sample="1234"),
            Column("Handle", "The handle that pages keep. Not an owner are: dummy (the guard "
                   "short-circuited), failure (the depot gave no handle) and early (in use "
                   "before page_owner was ready)",
                   handle, role=special, sample="  0x00000000"),
            Column("Pool", "The pool it lies in",
                   lambda record: str(record.pool) if record.pool >= 0 else "–", right=True,
                   spared=1),
            Column("Bytes", "What it takes there",
                   lambda record: f"{record.size_bytes:,}", right=True, sample="160", spared=2),
        ]  # fmt: skip

    # -- what is shown --------------------------------------------------------------------

    def show_at(self, holdings: Holdings, position: int) -> None:
        """Show the depot of a run at a position."""
        before = self.table.current if self._pinned and holdings is self._holdings else None
        grown = self._state.n_records if self._state is not None else 0
        self._holdings, self._state = holdings, holdings.depot.at(position)
        depot = self._state
        # The newest comes first, so another number of stacks moves every row.
        self.model.show_things(depot.n_records, self._fetch, sort=(id(holdings), depot.n_records))
        self._pinned = before is not None and before.number <= depot.n_records
        if before is not None and not self.table.is_current(before.number):
            self.table.choose(self._row(before.number) if self._pinned else -1)
        elif before is None and grown != depot.n_records:
            self.table.show_row(0)
        self.title.setText(summary(depot))
        self.area.setVisible(bool(depot.n_pools and depot.pool_bytes and depot.n_records))
        self.say_empty(self._why_empty(depot))
        self._show_details()
        if depot.changed and self.area.isVisible():
            bar = self.pools.pools.bar(depot.n_pools - 1)
            self.area.ensureVisible(0, round(bar.bottom), 0, round(bar.height) + 4)

    def _why_empty(self, depot: DepotState) -> str:
        if not depot.n_records:
            return "The depot is empty: page_owner is off, or no stack has been stored yet."
        return ""

    def _fetch(self, first: int, last: int) -> Sequence[RecordState]:
        assert self._state is not None
        n = self._state.n_records
        return self._state.records(n - last, n - first)[::-1]

    def _row(self, number: int) -> int:
        return self._state.n_records - number if self._state is not None else -1

    def _pin(self, record: object) -> None:
        self._pinned = record is not None
        self._show_details()

    def _choose(self, number: int) -> None:
        self.table.choose(self._row(number))
        self._pin(self.table.current)

    def _open(self, number: int) -> None:
        record = self._state.record(number) if self._state is not None else None
        self._go(record)

    def subject(self) -> RecordState | None:
        """Return the selected stack, or the one that the last event stored."""
        current: RecordState | None = self.table.current if self._pinned else None
        if current is not None or self._state is None:
            return current
        newest = self._state.record(self._state.n_records)
        return newest if newest is not None and newest.changed else None

    def _show_details(self) -> None:
        super()._show_details()
        selected = self.table.current.number if self._pinned and self.table.current else 0
        known = self._state is not None and self._state.pool_bytes > 0
        if self.pools.show_depot(self._state if known else None, selected):
            self.area.updateGeometry()

    # -- what is said ---------------------------------------------------------------------

    def made_at(self, thing: RecordState) -> int:
        """Return where a stack was stored."""
        return thing.made_at

    def about(self, thing: RecordState) -> About:
        """Return everything about a stack."""
        return About(
            f"Stack {thing.number}, handle {thing.handle}",
            self._facts(thing),
            thing.frames[::-1],
            (Link("Go to where it was stored", thing.made_at),),
        )

    def _facts(self, record: RecordState) -> list[str]:
        frames = "1 frame" if len(record.frames) == 1 else f"{len(record.frames)} frames"
        place = f" at byte {record.offset_bytes:,} of pool {record.pool}"
        facts = [f"{frames}, {record.size_bytes:,} bytes{place if record.pool >= 0 else ''}."]
        if record.special:
            facts.append(f"The special stack behind {record.special}_handle.")
        if record.made_at < 0:
            facts.append("Stored at boot, before the run.")
        return facts if record.pool >= 0 else [*facts, _OLD]

    def dress(self) -> None:
        """Take on the theme in force."""
        super().dress()
        theme, metrics = self._themes.theme, self._themes.metrics
        self.title.setFont(metrics.ui())
        self.title.setStyleSheet(f"color: {theme.muted}; padding: 0 {metrics.px(4)}px")
        self.area.setMaximumHeight(metrics.px(_MOST_POOLS_PX))
        self.pools.updateGeometry()
        self.pools.update()
        self.area.updateGeometry()


class _Area(QScrollArea):
    """Room for the pools: as much as they need, and scrolled where that is too much."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setAccessibleName("Pools of the depot")

    def sizeHint(self) -> QSize:
        """Return the room that all pools need."""
        inside = self.widget() or self
        around = 2 * self.frameWidth() + 4  # the style's ring for the keyboard
        return QSize(super().sizeHint().width(), inside.sizeHint().height() + around)

    def minimumSizeHint(self) -> QSize:
        """A pool or two must be seen."""
        return QSize(1, min(self.sizeHint().height(), self.fontMetrics().height() * 4))
