"""What is out of sight follows later, and is up to date when it is seen."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from gui.widgets.in_sight import InSight, together

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class _Source(QObject):
    trace_changed = Signal()
    position_changed = Signal(int)


class _View(QWidget):
    """A view that writes down what it hears, and what it is shown with."""

    def __init__(self, source: _Source) -> None:
        super().__init__()
        self.heard: list[str] = []
        self.owed = InSight(self)
        self.owed.connect_to(source.trace_changed, self._take)
        self.owed.connect_to(source.position_changed, self._move)

    def _take(self) -> None:
        self.heard.append("trace")

    def _move(self, position: int) -> None:
        self.heard.append(f"at {position}")


@pytest.fixture
def pages(qtbot: QtBot) -> tuple[QMainWindow, _Source, _View, _View]:
    """Two views of the same source in a window, the first one in sight."""
    source, window, stack = _Source(), QMainWindow(), QStackedWidget()
    window.setCentralWidget(stack)
    views = _View(source), _View(source)
    for view in views:
        stack.addWidget(view)
    qtbot.addWidget(window)
    return window, source, *views


Pages = tuple[QMainWindow, _Source, _View, _View]


def _turn_to(view: _View) -> None:
    stack = view.parentWidget()
    assert isinstance(stack, QStackedWidget)
    stack.setCurrentWidget(view)


def _happen(source: _Source) -> None:
    source.trace_changed.emit()
    for position in (3, 4):
        source.position_changed.emit(position)


def test_a_window_that_is_not_shown_yet_follows_at_once(pages: Pages) -> None:
    _, source, first, second = pages
    _happen(source)
    assert first.heard == second.heard == ["trace", "at 3", "at 4"]


def test_what_is_out_of_sight_takes_only_the_last_when_all_is_calm(
    qtbot: QtBot, pages: Pages
) -> None:
    window, source, first, second = pages
    window.show()
    _happen(source)
    assert first.heard == ["trace", "at 3", "at 4"]
    assert second.heard == []
    assert second.owed.owes
    qtbot.waitUntil(lambda: not second.owed.owes)
    assert second.heard == ["trace", "at 4"]


def test_what_comes_in_sight_is_up_to_date_before_it_is_seen(pages: Pages) -> None:
    window, source, _, second = pages
    window.show()
    _happen(source)
    _turn_to(second)
    assert second.heard == ["trace", "at 4"]
    assert not second.owed.owes
    source.position_changed.emit(5)
    assert second.heard[-1] == "at 5"


def test_a_window_that_another_covers_is_out_of_sight(qtbot: QtBot, pages: Pages) -> None:
    window, source, first, _ = pages
    window.show()
    window.setUpdatesEnabled(False)
    _happen(source)
    assert first.heard == []
    qtbot.waitUntil(lambda: not first.owed.owes)
    assert first.heard == ["trace", "at 4"]


def test_what_is_owed_goes_with_the_view(qtbot: QtBot, pages: Pages) -> None:
    window, source, _, second = pages
    window.show()
    _happen(source)
    heard = second.heard
    with qtbot.waitSignal(second.destroyed):
        second.deleteLater()
    source.position_changed.emit(6)
    assert heard == []


def test_a_view_does_not_keep_itself_alive(qtbot: QtBot) -> None:
    source = _Source()
    view = _View(source)
    seen = weakref.ref(view)
    del view
    assert seen() is None
    source.trace_changed.emit()


# -- together -------------------------------------------------------------------------------------


def test_what_changes_together_is_followed_once(pages: Pages) -> None:
    window, source, first, second = pages
    window.show()
    with together():
        _happen(source)
        assert first.heard == []
        with together():  # a part of the whole
            source.position_changed.emit(7)
        assert first.heard == []
    assert first.heard == ["trace", "at 7"]
    assert second.heard == []
    source.position_changed.emit(8)
    assert first.heard[-1] == "at 8"


def test_who_comes_in_sight_in_between_follows_at_the_end(pages: Pages) -> None:
    window, source, first, second = pages
    window.show()
    source.trace_changed.emit()
    with together():
        _turn_to(second)
        source.position_changed.emit(9)
        assert second.heard == []
    assert second.heard == ["trace", "at 9"]
    assert first.heard == ["trace"]
    assert first.owed.owes


def test_an_error_in_between_holds_nobody_up(pages: Pages) -> None:
    window, source, first, _ = pages
    window.show()
    with pytest.raises(ValueError, match="no such place"), together():
        source.position_changed.emit(2)
        raise ValueError("no such place")
    assert first.heard == ["at 2"]
    source.position_changed.emit(3)
    assert first.heard == ["at 2", "at 3"]


class _Counting(QWidget):
    """A view whose moment is of a run, which it has to know first."""

    def __init__(self, source: _Source) -> None:
        super().__init__()
        self.heard: list[str] = []
        owed = InSight(self)
        owed.connect_to(source.trace_changed, self._take)
        for changed in (source.trace_changed, source.position_changed):
            owed.connect_to(changed, self._move)

    def _take(self) -> None:
        self.heard.append("trace")

    def _move(self) -> None:
        self.heard.append("moment")


def test_what_was_owed_before_a_run_came_is_done_after_it(qtbot: QtBot) -> None:
    source = _Source()
    view = _Counting(source)
    qtbot.addWidget(view)
    view.show()
    with together():
        source.position_changed.emit(3)
        source.trace_changed.emit()
    assert view.heard == ["trace", "moment"]
    view.hide()
    source.position_changed.emit(4)
    source.trace_changed.emit()
    view.show()
    assert view.heard == ["trace", "moment"] * 2


def test_one_that_fails_holds_up_no_other(pages: Pages) -> None:
    window, source, first, _ = pages
    window.show()
    later = _View(source)
    later.show()
    first.heard = None  # type: ignore[assignment]
    with pytest.raises(AttributeError), together():
        source.position_changed.emit(5)
    assert later.heard == ["at 5"]
    later.close()
