"""The transport: every command that moves, the buttons made from them, position and speed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QToolButton
from pytestqt.qtbot import QtBot

from gui.actions import ActionRegistry
from gui.bindings import bind_playback, pause_while_dragging
from gui.commands import COMMANDS
from gui.playback import SPEEDS, Playback
from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets.position_field import PositionField
from gui.widgets.speed_button import speed_label
from gui.widgets.transport import STEPS_BACK, TransportBar

LEFT = Qt.MouseButton.LeftButton


class FakeClock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def session(qtbot: QtBot) -> Session:
    return Session(Runner())


@pytest.fixture
def playback(session: Session) -> Playback:
    made = Playback(session, clock=FakeClock())
    session.destroyed.connect(made.pause)
    return made


@pytest.fixture
def registry(session: Session, playback: Playback) -> ActionRegistry:
    made = ActionRegistry()
    bind_playback(made, session, playback)
    session.open("mail-chain")
    return made


@pytest.fixture
def bar(
    qtbot: QtBot,
    session: Session,
    playback: Playback,
    registry: ActionRegistry,
    themes: ThemeManager,
) -> TransportBar:
    registry.dress(themes.theme, themes.metrics)
    made = TransportBar(session, playback, registry, themes)
    qtbot.addWidget(made)
    made.resize(1600, made.sizeHint().height())
    made.show()
    return made


# -- the commands -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "start", "position"),
    [
        ("play.back", 50, 49), ("play.forward", 50, 51),
        ("play.back_large", 50, 40), ("play.forward_large", 50, 60),
        ("play.start", 50, -1), ("play.end", 50, 115),
        ("marker.previous", 50, 35), ("marker.next", 20, 35), ("marker.next", 50, 115),
        ("jump.0", 50, -1), ("jump.5", 0, 58), ("jump.9", 0, 104),
    ],
)  # fmt: skip
def test_every_command_moves(
    registry: ActionRegistry, session: Session, command: str, start: int, position: int
) -> None:
    session.seek(start)
    registry.run(command)
    assert session.position == position


@pytest.mark.parametrize("name", ["in", "over", "out", "in_back", "over_back", "out_back"])
def test_stepping_is_the_sessions(registry: ActionRegistry, session: Session, name: str) -> None:
    session.seek(40)
    getattr(session, f"step_{name}")()
    wanted = session.position
    session.seek(40)
    registry.run(f"step.{name}")
    assert session.position == wanted != 40


def test_a_larger_step_of_a_long_run_is_a_fiftieth(
    registry: ActionRegistry, session: Session
) -> None:
    session.open("depth-law")
    assert session.trace is not None
    registry.run("play.forward_large")
    assert session.position == -1 + len(session.trace) // 50


def test_a_larger_step_counts_essential_events_where_only_those_count(
    registry: ActionRegistry, session: Session
) -> None:
    registry.run("view.essential")
    assert session.essential_only
    session.seek(-1)
    session.step(10)
    wanted = session.position
    session.seek(-1)
    registry.run("play.forward_large")
    assert session.position == wanted


def test_space_plays_and_pauses_and_the_icon_follows(
    registry: ActionRegistry, playback: Playback
) -> None:
    registry.run("play.toggle")
    assert playback.playing
    assert registry.icon_name("play.toggle") == "pause"
    registry.run("play.toggle")
    assert not playback.playing
    assert registry.icon_name("play.toggle") == "play"


@pytest.mark.parametrize(
    ("command", "goes_on"),
    [("play.forward", False), ("step.in", False), ("step.out_back", False),
     ("jump.3", True), ("marker.next", True), ("play.forward_large", True)],
)  # fmt: skip
def test_looking_closely_pauses_and_jumping_plays_on(
    registry: ActionRegistry, playback: Playback, command: str, goes_on: bool
) -> None:
    playback.play()
    registry.run(command)
    assert playback.playing is goes_on
    playback.pause()


def test_the_speed_has_two_ends(registry: ActionRegistry, playback: Playback) -> None:
    registry.run("speed.faster")
    assert playback.speed == 2.0
    registry.run("speed.slower")
    assert playback.speed == 1.0
    for _ in SPEEDS:
        registry.run("speed.slower")
    assert playback.speed == SPEEDS[0]
    assert not registry.action("speed.slower").isEnabled()
    assert registry.action("speed.faster").isEnabled()


def test_without_a_run_nothing_moves(session: Session, playback: Playback) -> None:
    registry = ActionRegistry()
    bind_playback(registry, session, playback)
    assert not registry.action("play.toggle").isEnabled()
    assert not registry.action("jump.4").isEnabled()
    assert registry.action("view.essential").isEnabled()
    session.open("mail-chain")
    assert registry.action("play.toggle").isEnabled()


def test_no_command_of_the_playback_is_forgotten(registry: ActionRegistry) -> None:
    wanted = [command.id for command in COMMANDS if command.group == "Playback"]
    unbound = {"speed.slower", "speed.faster"}
    assert [name for name in wanted if not registry.action(name).isEnabled()] == []
    assert unbound <= set(wanted)


def test_essential_frames_are_shown_as_on_wherever_they_were_switched(
    registry: ActionRegistry, session: Session
) -> None:
    session.set_essential_only(True)
    assert registry.action("view.essential").isChecked()
    registry.run("view.essential")
    assert not session.essential_only


def test_keys_move_where_a_window_has_the_commands(
    registry: ActionRegistry, session: Session, qtbot: QtBot
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    registry.install(window)
    with qtbot.waitActive(window):
        window.show()
    session.seek(20)
    for key, held, position in (
        (Qt.Key.Key_Period, Qt.KeyboardModifier.NoModifier, 21),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 31),
        (Qt.Key.Key_BracketRight, Qt.KeyboardModifier.NoModifier, 35),
        (Qt.Key.Key_5, Qt.KeyboardModifier.NoModifier, 58),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, -1),
        (Qt.Key.Key_F6, Qt.KeyboardModifier.NoModifier, 0),
    ):
        QTest.keyClick(window, key, held)
        assert session.position == position
    session.seek(40)
    session.step_over_back()
    wanted = session.position
    session.seek(40)
    QTest.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    assert session.position == wanted


class Hand(QObject):
    dragging = Signal(bool)


def test_the_hand_moves_the_cursor_and_not_the_clock(
    registry: ActionRegistry, playback: Playback
) -> None:
    hand = Hand()
    hand.dragging.connect(pause_while_dragging(playback))
    playback.play()
    hand.dragging.emit(True)
    assert not playback.playing
    hand.dragging.emit(False)
    assert playback.playing
    playback.pause()
    hand.dragging.emit(True)
    hand.dragging.emit(False)
    assert not playback.playing


# -- the buttons --------------------------------------------------------------------------


def buttons(bar: TransportBar) -> dict[str, QToolButton]:
    names = [command.id for command in COMMANDS if command.group == "Playback"]
    inside = [name for name in names if not name.startswith(("jump.", "speed.", "play.reverse"))]
    return {name: bar.button(name) for name in inside}


def test_every_button_says_what_its_command_says(
    bar: TransportBar, registry: ActionRegistry
) -> None:
    for name, button in buttons(bar).items():
        assert button.toolTip() == registry.action(name).toolTip()
        assert button.accessibleName() == registry.action(name).text()
        assert button.isVisible()
    registry.set_keys("step.in_back", ["Ctrl+I"])
    assert "Ctrl+I" in bar.button("step.in_back").toolTip()


def test_the_buttons_move(bar: TransportBar, session: Session, playback: Playback) -> None:
    session.seek(50)
    QTest.mouseClick(bar.button("play.forward"), LEFT)
    assert session.position == 51
    QTest.mouseClick(bar.button("step.out_back"), LEFT)
    assert session.position < 51
    QTest.mouseClick(bar.button("play.toggle"), LEFT)
    assert playback.playing
    QTest.mouseClick(bar.button("play.toggle"), LEFT)
    assert not playback.playing


def test_a_narrow_bar_keeps_what_is_needed_most(bar: TransportBar) -> None:
    shown = [sum(button.isVisible() for button in buttons(bar).values())]
    assert shown == [len(buttons(bar))]
    for width in (900, 760, 640, 560, bar.minimumSizeHint().width()):
        bar.resize(width, bar.height())
        visible = {name for name, button in buttons(bar).items() if button.isVisible()}
        assert {"play.back", "play.toggle", "play.forward"} <= visible
        shown.append(len(visible))
    assert shown == sorted(shown, reverse=True)
    assert not any(bar.button(name).isVisible() for name in STEPS_BACK)
    bar.resize(1600, bar.height())
    assert all(button.isVisible() for button in buttons(bar).values())


def test_nothing_overlaps_at_any_size(bar: TransportBar, themes: ThemeManager) -> None:
    for scale in (1.0, 2.0, 3.0):
        themes.set_scale(scale)
        for width in (bar.minimumSizeHint().width(), 1000, 1920):
            bar.resize(max(width, bar.minimumSizeHint().width()), bar.sizeHint().height())
            QApplication.processEvents()
            widgets = [bar.position, *buttons(bar).values(), bar.speed]
            rects = [each.geometry() for each in widgets if each.isVisible()]
            for at, rect in enumerate(rects):
                assert bar.rect().contains(rect)
                assert not any(rect.intersects(other) for other in rects[at + 1 :])


# -- the position -------------------------------------------------------------------------


def type_position(field: PositionField, text: str) -> None:
    QTest.mouseClick(field.label, LEFT)
    QTest.keyClicks(field.field, text)
    QTest.keyClick(field.field, Qt.Key.Key_Return)


def test_the_position_counts_events_from_one(bar: TransportBar, session: Session) -> None:
    assert bar.position.label.accessibleName() == "Event 0 of 116"
    session.seek(35)
    assert bar.position.label.accessibleName() == "Event 36 of 116"


@pytest.mark.parametrize(("text", "position"), [("50", 49), ("25 %", 28), ("0", -1)])
def test_a_position_can_be_typed(
    bar: TransportBar, session: Session, text: str, position: int
) -> None:
    session.seek(35)
    type_position(bar.position, text)
    assert session.position == position
    assert not bar.position.editing


def test_a_wrong_position_stays_to_be_put_right(bar: TransportBar, session: Session) -> None:
    session.seek(35)
    type_position(bar.position, "117")
    assert (session.position, bar.position.editing) == (35, True)
    assert bar.position.field.text() == "117"
    assert "from 0 to 116" in bar.position.field.accessibleDescription()
    bar.position.field.selectAll()
    QTest.keyClicks(bar.position.field, "116")
    QTest.keyClick(bar.position.field, Qt.Key.Key_Return)
    assert (session.position, bar.position.editing) == (115, False)


def test_esc_leaves_the_position_as_it_was(bar: TransportBar, session: Session) -> None:
    session.seek(35)
    QTest.mouseClick(bar.position.label, LEFT)
    QTest.keyClicks(bar.position.field, "9")
    QTest.keyClick(bar.position.field, Qt.Key.Key_Escape)
    assert (session.position, bar.position.editing) == (35, False)


def test_longer_numbers_get_their_room(bar: TransportBar, session: Session) -> None:
    before = bar.position.width()
    session.open("depth-law")
    assert bar.position.width() > before


# -- the speed ----------------------------------------------------------------------------


def test_speeds_read_as_people_say_them() -> None:
    assert [speed_label(speed) for speed in (0.25, 1.0, 16.0, 8192.0)] == [
        "0.25×", "1×", "16×", "8,192×",
    ]  # fmt: skip


def test_the_menu_sets_the_speed_and_shows_it(bar: TransportBar, playback: Playback) -> None:
    menu = bar.speed.menu()
    assert menu is not None
    speeds = [action for action in menu.actions() if action.isCheckable()]
    assert [action.text().split("\t")[0] for action in speeds] == [
        speed_label(speed) for speed in SPEEDS
    ]
    speeds[SPEEDS.index(8.0)].trigger()
    assert playback.speed == 8.0
    assert (bar.speed.text(), bar.speed.accessibleName()) == ("8×", "Speed 8×")
    wide = bar.speed.width()
    playback.set_speed(8192)
    assert bar.speed.width() == wide
    assert [action.isChecked() for action in speeds].index(True) == SPEEDS.index(8192.0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_paints_in_both_themes(bar: TransportBar, themes: ThemeManager, theme: str) -> None:
    themes.choose(theme)
    assert not bar.grab().isNull()
    bar.position.edit()
    assert not bar.grab().isNull()
