"""Which guard, and which word its bits are in: the choices above the stack."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.guards.catalog import ALTERNATIVES, DESIGNS, REVIEWED, STORIES
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets.guard_bar import GuardBar
from gui.widgets.guard_choice import GUARDS, NO_WORD_TIP, WORDS_TOLD
from tests.gui.guard_stands import choose, chosen_guard, entries

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot: QtBot, session: Session, themes: ThemeManager) -> GuardBar:
    made = GuardBar(session, themes, choose_file=lambda: None, typing_ms=0)
    qtbot.addWidget(made)
    made.resize(1400, made.heightForWidth(1400))
    with qtbot.waitActive(made):
        made.show()
    return made


def overridden_word(session: Session) -> str | None:
    return session.overrides.word


def test_every_guard_says_what_it_is(bar: GuardBar) -> None:
    assert list(bar.guard.buttons) == list(REVIEWED)
    assert list(GUARDS) == list(DESIGNS)
    for design, button in bar.guard.buttons.items():
        first, story, cost = button.toolTip().split("\n\n")
        assert first.lower() == DESIGNS[design].lower()
        assert story.replace("\n", " ") == STORIES[design]
        assert cost.startswith("Costs: ")
        assert button.accessibleName() == f"{button.text()}: {first}"


def test_the_others_are_in_a_menu_and_say_what_they_are(bar: GuardBar) -> None:
    menu = entries(bar.guard.more)
    assert list(menu) == [f"{GUARDS[design]}: {DESIGNS[design]}" for design in ALTERNATIVES]
    for design, action in zip(ALTERNATIVES, menu.values(), strict=True):
        assert STORIES[design] in action.toolTip().replace("\n", " ")
        assert not action.isChecked()
    assert bar.guard.more.text() == ""
    assert bar.guard.more.accessibleName() == "Other guards"


def test_an_alternative_takes_the_place_of_the_dots(
    bar: GuardBar, session: Session, qtbot: QtBot
) -> None:
    choose(qtbot, session, bar.guard.more, f"Per CPU: {DESIGNS['percpu']}")
    assert session.overrides.guard == "percpu"
    assert chosen_guard(bar) == "percpu"
    assert bar.guard.more.text() == "Per CPU"
    assert STORIES["percpu"] in bar.guard.more.toolTip().replace("\n", " ")
    assert entries(bar.guard.more)[f"Per CPU: {DESIGNS['percpu']}"].isChecked()
    assert bar.max_depth.isEnabled()
    assert not bar.word.isVisible()
    QTest.mouseClick(bar.guard.buttons["bit1"], LEFT)
    assert session.overrides.guard is None
    assert (chosen_guard(bar), bar.guard.more.text()) == ("bit1", "")
    assert bar.word.isVisible()


def test_the_word_of_the_bits_is_a_choice_for_bits_only(
    bar: GuardBar, session: Session, qtbot: QtBot
) -> None:
    assert bar.word.text() == "Current"
    assert list(entries(bar.word)) == list(WORDS_TOLD.values())
    assert entries(bar.word)[WORDS_TOLD["current"]].isChecked()
    choose(qtbot, session, bar.word, WORDS_TOLD["serialized"])
    assert overridden_word(session) == "serialized"
    assert bar.word.text() == "Serialized"
    assert "The mistake that the review's advice avoids" in bar.word.toolTip()
    assert bar.word.accessibleDescription().startswith("Changed")
    assert session.trace is not None
    assert session.trace.info.guard.word == "serialized"
    QTest.mouseClick(bar.guard.buttons["uint"], LEFT)
    assert not bar.word.isEnabled()
    assert bar.word.toolTip() == NO_WORD_TIP
    assert overridden_word(session) is None
    QTest.mouseClick(bar.guard.buttons["bit2"], LEFT)
    assert bar.word.text() == "Current"
    assert bar.word.isEnabled()
    choose(qtbot, session, bar.word, WORDS_TOLD["serialized"])
    QTest.mouseClick(bar.reset_button, LEFT)
    assert overridden_word(session) is None
    assert bar.word.text() == "Current"
