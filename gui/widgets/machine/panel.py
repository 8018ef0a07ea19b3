"""The state at the cursor: what the machine holds, in tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QLabel, QStackedLayout, QTabBar, QTabWidget, QWidget

from core.trace.events import Kind
from core.trace.holdings.state import Holdings
from gui.widgets.in_sight import InSight
from gui.widgets.machine.depot import DepotView
from gui.widgets.machine.locks import LocksView
from gui.widgets.machine.pages import PagesView
from gui.widgets.machine.scripts import ScriptsView
from gui.widgets.machine.slabs import SlabsView
from gui.widgets.machine.view import HeldView

if TYPE_CHECKING:
    from gui.session import Session
    from gui.theme import ThemeManager

_EMPTY = "Open a scenario to see what its machine holds."
_DOT_PX, _DOT_LEFT_PX = 6, 3
"""A dot is as large as this and this far inside of its tab, at 100 %."""
_TABS = ("Pages", "Depot", "Slabs", "Locks", "Scripts")
_KINDS: dict[str, tuple[Kind, ...]] = {
    "Pages": (
        Kind.PAGE_ALLOCATED, Kind.PAGE_FREED, Kind.OWNER_SET, Kind.OWNER_HANDLE, Kind.OWNER_FREED,
        Kind.FREE_HANDLE,
    ),
    "Depot": (Kind.DEPOT_STORED, Kind.POOL_OPENED, Kind.SPARE_KEPT),
    "Slabs": (Kind.OBJECT_TAKEN, Kind.OBJECT_FREED),
    "Locks": (Kind.LOCK_TAKEN, Kind.LOCK_RELEASED, Kind.LOCK_SPUN),
    "Scripts": (Kind.SCRIPT_ADDED, Kind.SCRIPT_BUILT, Kind.SCRIPT_EVICTED),
}  # fmt: skip
"""Which events change what a tab shows."""


class MachinePanel(QWidget):
    """Pages, depot, slabs, locks and unwind scripts at the cursor.

    Only the tab that is seen is kept up to date; what an event changed is marked in the tab's
    title, whichever is open.

    Args:
        session: Whose run and cursor it follows.
        themes: The theme in force.
    """

    def __init__(self, session: Session, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self._holdings: Holdings | None = None
        self._shown: tuple[int, int] | None = None
        self._bar = _MarkedBar(themes)
        self.pages, self.depot, self.slabs = PagesView(themes), DepotView(themes), SlabsView(themes)
        self.locks, self.scripts = LocksView(themes), ScriptsView(themes)
        views = (self.pages, self.depot, self.slabs, self.locks, self.scripts)
        self.views: dict[str, HeldView] = dict(zip(_TABS, views, strict=True))
        self.tabs, self.empty = QTabWidget(), QLabel(_EMPTY, wordWrap=True)
        self._build()
        in_sight = InSight(self)
        in_sight.connect_to(session.trace_changed, self._take)
        in_sight.connect_to(session.position_changed, self._show)
        themes.changed.connect(self._dress)
        self._take()
        self._dress()

    def _build(self) -> None:
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.tabs)
        self.tabs.setTabBar(self._bar)
        self.tabs.setDocumentMode(True)
        for name, view in self.views.items():
            self.tabs.addTab(view, name)
            view.asked.connect(self._session.seek)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setAccessibleName("State of the machine")
        self.tabs.currentChanged.connect(self._show)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAccessibleName("State of the machine")
        self.setFocusProxy(self.tabs)

    # -- what is shown --------------------------------------------------------------------

    def show_tab(self, name: str) -> None:
        """Open a tab by its name."""
        self.tabs.setCurrentWidget(self.views[name])

    def _take(self) -> None:
        """Follow another run; its indexes are built by the tab that needs them."""
        trace = self._session.trace
        self._holdings = Holdings(trace) if trace is not None else None
        self._shown = None
        has_scripts = self._holdings is not None and self._holdings.has_scripts
        self.tabs.setTabVisible(_TABS.index("Scripts"), has_scripts)
        self._stack.setCurrentWidget(self.empty if trace is None else self.tabs)
        self._show()

    def _show(self, _position: int = 0) -> None:
        """Show the open tab at the cursor, where anybody sees it."""
        holdings, position = self._holdings, self._session.position
        if holdings is None or not self.isVisible():
            return
        self._mark_tabs(position)
        now = self.tabs.currentIndex(), position
        if now == self._shown:
            return
        self._shown = now
        view = self.tabs.currentWidget()
        assert isinstance(view, HeldView)
        view.show_at(holdings, position)

    def _mark_tabs(self, position: int) -> None:
        """Mark the tab of what the last event changed."""
        assert self._holdings is not None
        kind = self._holdings.trace.kind(position) if position >= 0 else None
        for at, name in enumerate(_TABS):
            self._mark_tab(at, changed=kind in _KINDS[name])

    def _mark_tab(self, at: int, *, changed: bool) -> None:
        if not self._bar.mark(at, on=changed):
            return
        self.tabs.setTabToolTip(at, "Changed by the last event" if changed else "")
        name = f"{_TABS[at]}, changed by the last event" if changed else _TABS[at]
        self._bar.setAccessibleTabName(at, name)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while nobody looked."""
        super().showEvent(event)
        self._show()

    # -- how it looks ---------------------------------------------------------------------

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        self.empty.setStyleSheet(f"color: {theme.muted}; padding: {metrics.px(16)}px")
        self.empty.setFont(metrics.ui())
        self.tabs.setFont(metrics.ui())
        for view in self.views.values():
            view.dress()


class _MarkedBar(QTabBar):
    """Tabs, some with a dot before their name; the dot takes no room of its own."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.marked: set[int] = set()

    def mark(self, at: int, *, on: bool) -> bool:
        """Put a dot before a tab's name or take it away; tells whether that is news."""
        if (at in self.marked) == on:
            return False
        self.marked ^= {at}
        self.update(self.tabRect(at))
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tabs, then the dots into the room before the names."""
        super().paintEvent(event)
        side = self._themes.metrics.px(_DOT_PX)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._themes.theme.accent_ink))
            for at in self.marked:
                tab = self.tabRect(at)
                if tab.isValid():
                    left = tab.left() + self._themes.metrics.px(_DOT_LEFT_PX)
                    painter.drawEllipse(QRectF(left, tab.center().y() - side / 2 + 0.5, side, side))
