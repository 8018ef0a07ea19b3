"""A lesson in the window: its steps are shown, left, and shown again as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from core.lesson.loader import bundled, open_lesson
from gui.lesson_bindings import offer_tour
from gui.widgets.stack.view import StackView
from tests.gui.lesson_stands import HELD, KEY, SHORT, Stand

pytestmark = pytest.mark.usefixtures("undressed")


@pytest.fixture
def stand(qtbot: QtBot, tmp_path: Path) -> Stand:
    return Stand(qtbot, tmp_path)


def stack(stand: Stand) -> str:
    return ";".join(frame.function.name for frame in stand.controller.session.frames())


def test_a_lesson_begins_at_its_first_step(stand: Stand) -> None:
    stand.start()
    assert (stand.session.index, stand.session.away, stand.session.problem) == (0, False, "")
    assert stand.window.workspace == "live"
    assert stand.controller.session.position == -1


def test_a_step_that_says_nothing_of_its_run_keeps_it(qtbot: QtBot, stand: Stand) -> None:
    stand.start()
    run = stand.controller.session.trace
    with qtbot.waitSignal(stand.session.step_changed) as got:
        stand.session.next()
    assert got.args == [1]
    assert stand.controller.session.trace is run
    assert stand.controller.session.highlights == ("function:save_stack", "bits")


def test_the_keys_of_a_clicker_go_through_a_lesson(stand: Stand) -> None:
    stand.start()
    stand.window.focus_home()
    shown = []
    for _step in range(6):
        stand.press(KEY.Key_PageDown)
        shown.append(stand.window.workspace)
    assert shown == ["live", "live", "live", "compare", "layout", "timeline"]
    assert not stand.window.registry.action("lesson.next").isEnabled()
    stand.press(KEY.Key_PageUp)
    assert stand.session.index == 5


def test_without_a_lesson_the_keys_are_the_views_own(stand: Stand) -> None:
    stand.controller.open_first()
    view = stand.window.findChild(StackView)
    assert not stand.window.registry.action("lesson.next").isEnabled()
    assert view is not None


def test_an_excursion_ends_with_the_step_as_it_was(stand: Stand) -> None:
    stand.start()
    session = stand.controller.session
    stand.press(KEY.Key_PageDown)
    before = session.position, session.trace, stack(stand)
    assert session.override(guard="none")
    stand.press(KEY.Key_Period)
    stand.press(KEY.Key_2, HELD.ControlModifier)
    assert stand.session.away
    assert stand.window.workspace == "timeline"
    stand.press(KEY.Key_Home, HELD.ControlModifier)
    assert (session.position, session.trace, stack(stand)) == before
    assert stand.window.workspace == "live"
    assert session.overrides.guard is None
    assert not stand.session.away


def test_one_may_go_on_from_an_excursion(stand: Stand) -> None:
    stand.start()
    assert stand.controller.session.open("mail-chain")
    stand.controller.session.seek(5)
    assert stand.session.away
    stand.press(KEY.Key_PageDown)
    assert (stand.session.index, stand.session.away) == (1, False)


def test_coming_back_by_hand_is_coming_back(stand: Stand) -> None:
    stand.start()
    stand.controller.session.seek(3)
    assert stand.session.away
    stand.controller.session.seek(-1)
    assert not stand.session.away


def test_a_step_that_cannot_be_shown_says_so_and_the_others_go_on(stand: Stand) -> None:
    stand.start()
    failed: list[tuple[int, str]] = []
    stand.session.failed.connect(lambda index, sentence: failed.append((index, sentence)))
    stand.session.show_step(2)
    assert failed == [(2, stand.session.problem)]
    assert stand.session.unseen == stand.session.problem
    assert stand.session.problem.startswith("step 3 (What is not there): ")
    stand.press(KEY.Key_PageDown)
    assert (stand.session.index, stand.session.problem, stand.session.unseen) == (3, "", "")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('zoom = ["start", "gone call 1"]', "gone is never called"),
        ('zoom = ["end", "start"]', "a zoom is two positions"),
        ('zoom = ["end"]', "a zoom is two positions"),
        ('play = { start = "end", end = "start" }', "what plays ends before it starts"),
        ('play = { end = "gone call 1" }', "gone is never called"),
        ('highlights = ["panel:gone", "panel:timeline"]', "timeline has no such panel"),
    ],
)
def test_the_rest_of_a_step_is_shown(stand: Stand, wrong: str, said: str) -> None:
    step = 'scenario = "mail-chain"\nworkspace = "timeline"\nposition = "short-circuit 1"'
    stand.start(f'schema = 1\nname = "a"\ntitle = "A"\n[[steps]]\ntitle = "x"\n{step}\n{wrong}')
    assert stand.session.problem.startswith("step 1 (x): ")
    assert said in stand.session.problem
    assert stand.session.unseen == ""
    assert stand.controller.session.position == 35
    assert stand.window.workspace == "timeline"
    assert len(stand.parts.panels.rings) == ("panel:timeline" in wrong)


def test_what_a_step_points_at_must_be_there(stand: Stand) -> None:
    stand.start(SHORT.replace("function:save_stack", "function:nobody"))
    stand.session.next()
    assert "cannot highlight function:nobody" in stand.session.problem
    assert stand.controller.session.position >= 0


def test_without_motion_what_plays_is_shown_played(stand: Stand) -> None:
    stand.start()
    stand.session.show_step(3)
    played = stand.session.stage.played
    assert played is not None
    assert stand.controller.session.position == played[1]
    assert not stand.controller.playback.playing
    assert not stand.session.away


def test_with_motion_it_plays_to_the_end_of_its_part(qtbot: QtBot, stand: Stand) -> None:
    stand.start()
    stand.window.themes.set_motion(True)
    stand.session.show_step(3)
    playback, played = stand.controller.playback, stand.session.stage.played
    assert playback.playing
    assert played is not None
    playback.set_speed(8192)
    qtbot.waitUntil(lambda: not playback.playing)
    assert stand.controller.session.position == played[1]
    assert not stand.session.away


def test_a_comparison_goes_to_where_its_lanes_part(stand: Stand) -> None:
    stand.start()
    stand.session.show_step(4)
    stand.settle()
    assert stand.window.workspace == "compare"
    assert len(stand.session.stage.what.lanes) == 2
    assert stand.session.problem == ""


def test_a_layout_does_not_change_what_live_plays(stand: Stand) -> None:
    stand.start()
    run = stand.controller.session.trace
    stand.session.show_step(5)
    assert stand.controller.session.trace is run
    assert stand.controller.layouts.pointed == ("in_eventfd",)
    stand.session.close()
    assert not stand.controller.layouts.pointed


def test_the_timeline_shows_the_part_that_is_wanted(stand: Stand) -> None:
    stand.start()
    stand.session.show_step(6)
    first, last = stand.controller.viewport.seen
    assert 0 < first < last < len(stand.controller.session.trace or ())


def test_questions_are_answered_from_the_run(qtbot: QtBot, stand: Stand) -> None:
    stand.start()
    stand.session.show_step(1)
    first, second = stand.session.questions
    assert (first.answer, second.answer) == ("1", "It completes")
    assert not first.revealed
    wrong = 1 - (first.answers.right or 0) if first.answers is not None else 0
    with qtbot.waitSignal(stand.session.answered) as got:
        stand.session.answer(0, wrong)
    assert got.args == [0, False]
    with qtbot.assertNotEmitted(stand.session.answered):
        stand.session.answer(0, 1 - wrong)
    stand.session.answer(1, "it COMPLETES")
    assert stand.session.questions[1].right
    stand.press(KEY.Key_PageDown)
    stand.press(KEY.Key_PageUp)
    assert [asked.right for asked in stand.session.questions] == [False, True]


def test_questions_are_about_their_step_wherever_one_comes_from(stand: Stand) -> None:
    stand.start()
    stand.session.show_step(5)
    assert stand.controller.layouts.ask("uint", "v1")
    assert stand.session.away
    stand.session.show_step(1)
    assert [asked.problem for asked in stand.session.questions] == ["", ""]
    assert not stand.session.away


def test_an_answer_can_be_shown_without_one(stand: Stand) -> None:
    stand.start()
    stand.session.show_step(1)
    stand.window.registry.run("lesson.reveal")
    asked = stand.session.questions[0]
    assert (asked.revealed, asked.right) == (True, None)


def test_ending_a_lesson_leaves_what_is_shown(stand: Stand) -> None:
    stand.start()
    stand.session.show_step(1)
    position = stand.controller.session.position
    stand.window.registry.run("lesson.close")
    assert not stand.session.running
    assert stand.controller.session.position == position
    assert stand.controller.session.highlights == ()
    assert stand.parts.strip is not None
    assert not stand.parts.strip.isVisible()


# -- the tour -------------------------------------------------------------------------------------


def test_the_tour_is_offered_once(stand: Stand) -> None:
    offer_tour(stand.window, stand.parts)
    assert "tour" in stand.window.messages.messages[0].text.lower()
    stand.window.messages.clear()
    offer_tour(stand.window, stand.parts)
    assert not stand.window.messages.messages


def test_the_tour_is_the_first_lesson_and_stays_in_help(stand: Stand) -> None:
    stand.window.settings.tour_offered = True
    stand.window.registry.run("help.tour")
    stand.settle()
    assert stand.session.opened is not None
    assert stand.session.opened.where == bundled()[0]


def test_who_clicks_on_the_offer_has_the_keys_of_the_run(stand: Stand) -> None:
    offer_tour(stand.window, stand.parts)
    button = stand.window.messages.findChild(QPushButton)
    assert button is not None
    button.setFocus()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    stand.settle()
    assert isinstance(QApplication.focusWidget(), StackView)
    stand.press(KEY.Key_Space)
    assert stand.controller.playback.playing


# -- the bundled lessons --------------------------------------------------------------------------


@pytest.mark.parametrize("name", bundled())
def test_every_step_of_every_bundled_lesson_is_shown(stand: Stand, name: str) -> None:
    """A clicker goes through all of it; on the way somebody changes something and comes back."""
    stand.start(open_lesson(name))
    while True:
        step, session = stand.session.step, stand.session
        assert step is not None
        assert session.problem == ""
        assert not session.away
        assert stand.window.workspace == step.workspace
        assert [asked.problem for asked in session.questions] == [""] * len(step.step.questions)
        assert all(asked.answer for asked in session.questions)
        stand.controller.session.seek(stand.controller.session.position + 1)
        stand.window.show_workspace("lessons")
        assert session.away
        stand.press(KEY.Key_Home, HELD.ControlModifier)
        assert not session.away, (step.number, session._watch._was, session._watch._what())
        assert stand.window.workspace == step.workspace
        if session.index + 1 == len(session.steps):
            break
        stand.press(KEY.Key_PageDown)
    assert stand.window.messages.messages == ()
