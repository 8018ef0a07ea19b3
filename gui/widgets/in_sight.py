"""What a widget owes: done when it comes in sight, or when there is time.

A workspace that is not shown follows the session too, but nobody waits for it: what it has to do
for another run must not hold up the workspace that is looked at. And where many things change
together, each view follows once, when all of them have changed (``together``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from inspect import signature
from typing import TYPE_CHECKING
from weakref import WeakMethod

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

CALM_MS = 250
"""So long nothing new has come before what is out of sight is brought up to date."""

Slot = Callable[..., object]
WeakSlot = WeakMethod[Slot]


class _Change:
    """Many things that change together, while they do."""

    def __init__(self) -> None:
        self.under_way = False
        self.waiting: list[InSight] = []


_change = _Change()


@contextmanager
def together() -> Iterator[None]:
    """Let views in sight follow what changes in here once, at its end: a run, a place, a cover."""
    if _change.under_way:
        yield  # the outermost one lets them follow
        return
    _change.under_way = True
    try:
        yield
    finally:
        _change.under_way = False
        waiting, _change.waiting = _change.waiting, []
        # All of them, should one fail.
        with ExitStack() as following:
            for each in reversed(waiting):
                following.callback(each.settle_in_sight)


class InSight(QObject):
    """Passes signals on to a widget at once while it is in sight, else later and only the last.

    Out of sight is what is hidden in a window: the page of another workspace, a panel that is
    folded away; and what is in a window that paints nothing because another one covers it. In a
    window that was never shown nobody waits either way, so everything is passed on at once.

    Args:
        widget: The widget; what it owes is done before it handles that it is shown.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._owed: dict[WeakSlot, tuple[object, ...]] = {}
        self._calm = QTimer(self, singleShot=True, interval=CALM_MS)
        self._calm.timeout.connect(self.settle)
        widget.installEventFilter(self)

    def connect_to(self, signal: SignalInstance, slot: Slot) -> None:
        """Call a method of the widget when a signal comes, at once or later."""
        signal.connect(_Relay(self, slot).take)

    @property
    def owes(self) -> bool:
        """Whether something is still to be done."""
        return bool(self._owed)

    def give(self, slot: WeakSlot, values: tuple[object, ...]) -> None:
        """Call a slot now or later; of several calls of one slot the last is enough."""
        if _change.under_way and not self._owed:
            _change.waiting.append(self)
        elif not self._owed and self._seen():
            _call(slot, values)
            return
        # At the end: it may need what a signal before this one brought.
        self._owed.pop(slot, None)
        self._owed[slot] = values
        self._calm.start()

    def _seen(self) -> bool:
        # The window's word: a stack of pages stops its updates for a moment whenever it turns.
        widget = self.parent()
        assert isinstance(widget, QWidget)
        window = widget.window()
        if widget.isVisible():
            return window.updatesEnabled()
        return window.windowHandle() is None

    def settle_in_sight(self) -> None:
        """Do what is owed where somebody sees it."""
        if self._owed and self._seen():
            self.settle()

    def settle(self) -> None:
        """Do what is owed, in the order in which it came."""
        self._calm.stop()
        owed, self._owed = self._owed, {}
        for slot, values in owed.items():
            _call(slot, values)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Bring the widget up to date before it is seen."""
        if event.type() == QEvent.Type.Show and self._owed:
            if _change.under_way:
                _change.waiting.append(self)
            else:
                self.settle_in_sight()
        return super().eventFilter(watched, event)


def _call(slot: WeakSlot, values: tuple[object, ...]) -> None:
    method = slot()
    if method is not None:
        method(*values)


class _Relay(QObject):
    """One connection; a child, so that it ends with the widget."""

    def __init__(self, in_sight: InSight, slot: Slot) -> None:
        super().__init__(in_sight)
        # Held weakly, as Qt does it: a view is not to keep itself alive.
        self._in_sight, self._slot = in_sight, WeakMethod(slot)
        # A slot may take fewer values than the signal carries, as everywhere in Qt.
        self._takes = len(signature(slot).parameters)

    def take(self, *values: object) -> None:
        """Pass a signal on."""
        self._in_sight.give(self._slot, values[: self._takes])
