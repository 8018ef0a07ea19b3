"""The panel of the stops: what it says, and what mouse and keyboard do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from core.trace.stops import format_stop, parse_stop
from gui.playback import Playback
from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets.stops.model import StopRole, StopsModel
from gui.widgets.stops.panel import StopsPanel
from tests.gui.test_playback import FakeClock

pytestmark = pytest.mark.usefixtures("undressed")

DETAIL = StopRole.DETAIL
Key = Qt.Key


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def playback(session: Session, clock: FakeClock) -> Playback:
    made = Playback(session, clock)
    made._timer.setInterval(10**8)
    return made


@pytest.fixture
def panel(qtbot: QtBot, session: Session, playback: Playback, themes: ThemeManager) -> StopsPanel:
    made = StopsPanel(session, playback, themes)
    qtbot.addWidget(made)
    made.resize(380, 400)
    with qtbot.waitExposed(made):
        made.show()
    return made


def with_stops(session: Session, *stops: str) -> None:
    session.stops.replace([parse_stop(text) for text in stops])


def texts(session: Session) -> list[str]:
    return [format_stop(stop) for stop in session.stops.listed]


def details(panel: StopsPanel) -> list[str]:
    rows = range(panel.model.rowCount())
    return [panel.model.index(row).data(DETAIL) for row in rows]


def part_of(panel: StopsPanel, row: int, part: str) -> QPoint:
    index = panel.model.index(row)
    return getattr(panel.list.layout_of(index), part).center()  # type: ignore[no-any-return]


# -- what it says ---------------------------------------------------------------------------------


def test_without_stops_it_says_what_a_stop_is_and_offers_one(
    panel: StopsPanel, session: Session, qtbot: QtBot
) -> None:
    assert panel.suggestion.isVisible()
    assert not panel.list.isVisible()
    QTest.mouseClick(panel.suggestion, Qt.MouseButton.LeftButton)
    assert texts(session) == ["short-circuit"]
    assert panel.list.isVisible()
    assert not panel.suggestion.isVisible()


def test_each_row_tells_its_hits_seen_from_the_cursor(panel: StopsPanel, session: Session) -> None:
    with_stops(session, "function:save_stack", "short-circuit", "order>=9")
    first, second = (int(at) for at in session.stops.hits_of(parse_stop("function:save_stack")))
    hit = int(session.stops.hits_of(parse_stop("short-circuit"))[0])
    assert details(panel) == [
        f"2 hits, next at event {first + 1}",
        f"1 hit, next at event {hit + 1}",
        "No hits in this run",
    ]
    session.seek(first)
    assert details(panel)[0] == f"Hit 1 of 2, next at event {second + 1}"
    session.seek(second)
    assert details(panel)[0] == "Hit 2 of 2"
    session.seek(hit)
    assert details(panel)[:2] == [f"2 hits, the last was at event {second + 1}", "The only hit"]


def test_a_stop_that_is_off_says_so(panel: StopsPanel, session: Session) -> None:
    with_stops(session, "order>=9 off")
    assert details(panel) == ["Off · No hits in this run"]
    assert panel.total.text() == "All are off"


def test_it_shows_where_playing_stopped_until_it_plays_on(
    panel: StopsPanel, session: Session, playback: Playback, clock: FakeClock
) -> None:
    with_stops(session, "order>=9", "short-circuit")
    playback.play()
    clock.now += 1000
    playback.tick()
    rows = [panel.model.index(row) for row in (0, 1)]
    assert [index.data(StopRole.STOPPED_HERE) for index in rows] == [False, True]
    assert details(panel)[1] == "Stopped here · the only hit"
    at = session.position
    session.step(1)
    assert details(panel)[1].startswith(f"Stopped at event {at + 1} · ")
    playback.play()
    assert not rows[1].data(StopRole.STOPPED_HERE)
    playback.pause()


def test_the_foot_counts_events_once(panel: StopsPanel, session: Session) -> None:
    with_stops(session, "function:save_stack", "function:save_stac?")
    assert panel.total.text() == "Stops at 2 events"
    with_stops(session, "short-circuit")
    assert panel.total.text() == "Stops at 1 event"


def test_a_hidden_panel_shows_what_has_changed_when_it_is_seen_again(
    panel: StopsPanel, session: Session
) -> None:
    panel.hide()
    with_stops(session, "short-circuit")
    panel.show()
    assert panel.list.isVisible()
    assert panel.total.text() == "Stops at 1 event"


def test_another_run_is_counted_anew(panel: StopsPanel, session: Session) -> None:
    with_stops(session, "short-circuit")
    session.override(guard="none")
    assert details(panel) == ["No hits in this run"]
    assert panel.total.text() == "Stops at 0 events"


def test_before_any_run_there_is_none(qtbot: QtBot, themes: ThemeManager, clock: FakeClock) -> None:
    session = Session(Runner())
    session.stops.add(parse_stop("short-circuit"))
    panel = StopsPanel(session, Playback(session, clock), themes)
    qtbot.addWidget(panel)
    assert details(panel) == ["No run yet"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 2.0, 3.0])
@pytest.mark.usefixtures("dressed")
def test_it_can_be_drawn_at_any_scale(
    panel: StopsPanel, session: Session, themes: ThemeManager, theme: str, scale: float
) -> None:
    with_stops(session, "warning", "function:save_stack", "owner-lost off")
    themes.choose(theme)
    themes.set_scale(scale)
    assert not panel.grab().isNull()
    themes.set_scale(1.0)


# -- the list -------------------------------------------------------------------------------------


def test_a_click_on_the_box_turns_a_stop_off(
    panel: StopsPanel, session: Session, qtbot: QtBot
) -> None:
    with_stops(session, "warning", "short-circuit")
    place = part_of(panel, 1, "check")
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert texts(session) == ["warning", "short-circuit off"]
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert texts(session) == ["warning", "short-circuit"]


def test_a_click_on_the_cross_takes_a_stop_away(
    panel: StopsPanel, session: Session, qtbot: QtBot
) -> None:
    with_stops(session, "warning", "short-circuit")
    place = part_of(panel, 0, "remove")
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert texts(session) == ["short-circuit"]


def test_a_click_on_the_words_only_chooses(
    panel: StopsPanel, session: Session, qtbot: QtBot
) -> None:
    with_stops(session, "warning", "short-circuit")
    place = part_of(panel, 1, "sentence")
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert texts(session) == ["warning", "short-circuit"]
    assert panel.list.currentIndex().row() == 1


def test_a_double_click_goes_to_the_next_hit(
    panel: StopsPanel, session: Session, qtbot: QtBot
) -> None:
    with_stops(session, "short-circuit")
    place = part_of(panel, 0, "sentence")
    QTest.mouseDClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert session.position == int(session.stops.hits()[0])


def test_space_and_delete(panel: StopsPanel, session: Session, qtbot: QtBot) -> None:
    with_stops(session, "warning", "short-circuit", "order>=2")
    panel.list.setFocus()
    panel.list.setCurrentIndex(panel.model.index(1))
    QTest.keyClick(panel.list, Key.Key_Space)
    assert texts(session) == ["warning", "short-circuit off", "order>=2"]
    assert panel.list.currentIndex().row() == 1
    QTest.keyClick(panel.list, Key.Key_Delete)
    assert texts(session) == ["warning", "order>=2"]
    assert panel.list.currentIndex().row() == 1
    QTest.keyClick(panel.list, Key.Key_Delete)
    QTest.keyClick(panel.list, Key.Key_Delete)
    assert texts(session) == []
    assert panel.suggestion.isVisible()


@pytest.mark.parametrize("key", [Key.Key_Space, Key.Key_Delete, Key.Key_Return])
def test_its_keys_are_not_the_commands(
    panel: StopsPanel, session: Session, qtbot: QtBot, key: Qt.Key
) -> None:
    asked: list[bool] = []
    shortcut = QShortcut(QKeySequence(key), panel)
    shortcut.activated.connect(lambda: asked.append(True))
    panel.activateWindow()
    panel.adding.button.setFocus()
    QTest.keyClick(panel, key)
    assert asked
    with_stops(session, "warning", "short-circuit")
    panel.list.setFocus()
    panel.list.setCurrentIndex(panel.model.index(0))
    QTest.keyClick(panel.list, key)
    assert len(asked) == 1


def test_enter_goes_round_the_hits_of_one_stop(
    panel: StopsPanel, session: Session, playback: Playback, qtbot: QtBot
) -> None:
    with_stops(session, "short-circuit", "function:save_stack")
    first, second = (int(at) for at in session.stops.hits_of(parse_stop("function:save_stack")))
    panel.list.setCurrentIndex(panel.model.index(1))
    playback.play()
    went = []
    for modifiers in (Qt.KeyboardModifier.NoModifier,) * 3 + (
        Qt.KeyboardModifier.ShiftModifier,
    ) * 2:
        QTest.keyClick(panel.list, Key.Key_Return, modifiers)
        went.append(session.position)
    assert went == [first, second, first, second, first]
    assert not playback.playing


def test_enter_stays_where_there_is_no_hit(
    panel: StopsPanel, session: Session, qtbot: QtBot
) -> None:
    with_stops(session, "order>=9")
    session.seek(5)
    panel.list.setCurrentIndex(panel.model.index(0))
    QTest.keyClick(panel.list, Key.Key_Return)
    assert session.position == 5


def test_removing_all_and_going_back_to_the_scenarios(
    panel: StopsPanel, session: Session, qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert not panel.restore.isVisible()
    source = session.source
    assert source is not None
    path = tmp_path_factory.mktemp("stops") / "mine.toml"
    path.write_text(source.text.replace("[kernel]", 'stops = ["warning"]\n[kernel]', 1), "utf-8")
    session.open(str(path))
    assert texts(session) == ["warning"]
    session.stops.add(parse_stop("short-circuit"))
    assert panel.restore.isVisible()
    QTest.mouseClick(panel.restore, Qt.MouseButton.LeftButton)
    assert texts(session) == ["warning"]
    session.stops.add(parse_stop("short-circuit"))
    QTest.mouseClick(panel.clear, Qt.MouseButton.LeftButton)
    assert texts(session) == []


# -- adding ---------------------------------------------------------------------------------------


def test_a_function_is_typed_completed_and_added(
    panel: StopsPanel, session: Session, qtbot: QtBot
) -> None:
    names = panel.adding.function.completer().model()
    known = [names.index(row, 0).data() for row in range(names.rowCount())]
    assert "save_stack" in known
    assert known == sorted(set(known))
    assert not panel.adding.button.isEnabled()
    QTest.keyClicks(panel.adding.function, "__set_page_owner")
    QTest.keyClick(panel.adding.function, Key.Key_Return)
    assert texts(session) == ["function:__set_page_owner"]
    assert panel.adding.function.text() == ""
    assert panel.list.currentIndex().row() == 0


@pytest.mark.parametrize(
    ("kind", "typed", "added"),
    [
        ("recursion", "3", "recursion>=3"),
        ("guard_value", "0", "guard==0"),
        ("page_order", "1", "order>=1"),
    ],
)
def test_a_number_is_typed_and_added(
    panel: StopsPanel, session: Session, qtbot: QtBot, kind: str, typed: str, added: str
) -> None:
    panel.adding.kind.setCurrentIndex(panel.adding.kind.findData(kind))
    number = panel.adding.numbers[kind]  # type: ignore[index]
    assert number.isVisible()
    number.selectAll()
    QTest.keyClicks(number, typed)
    QTest.keyClick(number, Key.Key_Return)
    assert texts(session) == [added]


@pytest.mark.parametrize("typed", ["0", "two", "", "99999999"])
def test_a_wrong_number_is_said_and_not_added(
    panel: StopsPanel, session: Session, qtbot: QtBot, typed: str
) -> None:
    panel.adding.show_kind("recursion")
    number = panel.adding.numbers["recursion"]
    number.lineEdit().clear()
    QTest.keyClicks(number, typed)
    number.edited.emit()
    assert panel.adding.problem.isVisible()
    assert "Expected a number from 1 to 1,000,000" in panel.adding.problem.text()
    assert not panel.adding.button.isEnabled()
    QTest.keyClick(number, Key.Key_Return)
    assert texts(session) == []
    panel.adding.show_kind("page_order")
    assert not panel.adding.problem.isVisible()


def test_a_kind_without_a_value_needs_none(
    panel: StopsPanel, session: Session, qtbot: QtBot
) -> None:
    panel.adding.show_kind("owner_lost")
    assert not panel.adding.function.isVisible()
    QTest.mouseClick(panel.adding.button, Qt.MouseButton.LeftButton)
    assert texts(session) == ["owner-lost"]


@pytest.mark.usefixtures("dressed")
def test_the_line_becomes_two_where_it_is_narrow(panel: StopsPanel, qtbot: QtBot) -> None:
    panel.adding.show_kind("recursion")
    number = panel.adding.numbers["recursion"]

    def top(of: Callable[[], QPoint]) -> int:
        return of().y()

    panel.resize(500, 400)
    qtbot.waitUntil(
        lambda: top(lambda: number.mapTo(panel, QPoint())) < panel.adding.kind.geometry().bottom()
    )
    panel.resize(200, 400)
    qtbot.waitUntil(
        lambda: top(lambda: number.mapTo(panel, QPoint())) > panel.adding.kind.geometry().bottom()
    )


# -- the model ------------------------------------------------------------------------------------


def test_the_model_keeps_qts_rules_and_what_is_chosen(
    panel: StopsPanel, session: Session, playback: Playback
) -> None:
    model = StopsModel(session, playback)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    for text in ("warning", "short-circuit", "order>=2"):
        session.stops.add(parse_stop(text))
    assert model.rowCount() == 3
    session.stops.toggle(parse_stop("warning"))
    session.stops.remove(parse_stop("short-circuit"))
    session.seek(40)
    session.stops.remove(parse_stop("order>=2"))
    assert not resets
    assert [model.index(row).data() for row in range(model.rowCount())] == [
        "Any warning of the kernel"
    ]
    session.stops.replace([parse_stop("order>=1"), parse_stop("order>=3")])
    assert resets
    assert model.rowCount() == 2
    assert model.setData(model.index(0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert texts(session) == ["order>=1 off", "order>=3"]
    assert model.index(0).data(Qt.ItemDataRole.AccessibleTextRole).endswith(", off")
    del tester


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_list_of_kinds_shows_every_kind(
    panel: StopsPanel, themes: ThemeManager, scale: float
) -> None:
    themes.set_scale(scale)
    kind = panel.adding.kind
    kind.showPopup()
    view = kind.view()
    view.setFocus()
    last = view.visualRect(view.model().index(kind.count() - 1, 0))
    assert last.bottom() <= view.viewport().rect().bottom()
    assert view.sizeHintForColumn(0) <= view.viewport().width()
    assert view.verticalScrollBar().maximum() == 0
    kind.hidePopup()
