"""The sentence: identifiers, emphasis, a height that holds, and what is read out."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

import gui.widgets.explanation as module
from core.trace.explain import explain
from core.trace.stops import Stop
from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets.explanation import BEFORE, CLOCK_NOTE, NO_RUN, ExplanationStrip
from gui.widgets.sentences import event_text, is_identifier, sentence_html, time_text
from tests.gui.stands import shown


def strip_of(
    qtbot: QtBot, scenario: str = "mail-chain", width: int = 480, **overrides: str | int | None
) -> tuple[ExplanationStrip, Session, ThemeManager]:
    return shown(qtbot, ExplanationStrip, (width, 100), scenario, **overrides)


class Listener:
    """Stands in for QAccessible: what would be read out."""

    def __init__(self, active: bool = True) -> None:
        self.active = active
        self.heard: list[str] = []

    def isActive(self) -> bool:
        return self.active

    def updateAccessibility(self, event: Any) -> None:
        self.heard.append(event.message())


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Listener:
    made = Listener()
    monkeypatch.setattr(module, "QAccessible", made)
    return made


@pytest.mark.parametrize(
    ("clock_ns", "text"),
    [(0, "0 ns"), (999, "999 ns"), (1240, "1.24 µs"), (35_600, "35.6 µs"), (912_000, "912 µs"),
     (3_070_000, "3.07 ms"), (12_500_000_000, "12.5 s"), (2_000_000_000_000, "2,000 s")],
)  # fmt: skip
def test_time_as_people_read_it(clock_ns: int, text: str) -> None:
    assert time_text(clock_ns) == text


def test_where_the_cursor_is() -> None:
    assert event_text(35, 116) == "event 36 of 116"
    assert event_text(12_344, 1_000_000) == "event 12,345 of 1,000,000"
    assert event_text(-1, 116) == "before event 1 of 116"
    assert event_text(-1, 0) == "no events"


@pytest.mark.parametrize("word", ["in_page_owner", "0x801", "kmalloc-1k", "push", "jhash2"])
def test_identifiers(word: str) -> None:
    assert is_identifier(word, frozenset({"push"}))


@pytest.mark.parametrize("word", ["kernel", "push", "2", "re-read"])
def test_other_words(word: str) -> None:
    assert not is_identifier(word, frozenset())


def test_a_sentence_as_rich_text() -> None:
    html = sentence_html("save_stack tests <it>: kfree.", frozenset({"kfree"}), "Mono")
    mono = "<span style=\"font-family:'Mono'\">"
    assert html == f"{mono}save_stack</span> tests &lt;it&gt;: {mono}kfree</span>."


def test_before_a_run_and_before_the_first_event(qtbot: QtBot) -> None:
    bare = ExplanationStrip(Session(Runner()), ThemeManager())
    qtbot.addWidget(bare)
    assert bare.text == NO_RUN
    strip, _, _ = strip_of(qtbot)
    assert strip.text == BEFORE
    assert strip.facts_label.whole == "before event 1 of 116 · 0 ns · insmod/311"


def test_the_event_at_the_cursor(qtbot: QtBot) -> None:
    strip, session, _ = strip_of(qtbot)
    session.seek(35)
    assert session.trace is not None
    assert strip.text == explain(session.trace, 35)
    assert strip.facts_label.whole == "event 36 of 116 · 281 ns · insmod/311"
    assert CLOCK_NOTE in strip.facts_label.toolTip()
    assert strip.accessibleDescription() == f"{strip.text} {strip.facts_label.whole}"


def test_emphasis_is_more_than_colour(qtbot: QtBot) -> None:
    strip, session, _ = strip_of(qtbot)
    session.seek(34)
    assert not strip.sign.isVisible()
    session.seek(35)
    assert strip.sign.isVisible()
    assert strip.sign.text() == "G  short-circuit"
    session.seek(36)
    assert not strip.sign.isVisible()
    strip.resize(300, 100)
    session.seek(35)
    assert strip.sign.text() == "G"


def test_the_end_of_a_run_is_emphasised(qtbot: QtBot) -> None:
    strip, session, _ = strip_of(qtbot, "no-guard-overflow")
    session.seek(10_000)
    assert strip.sign.text().endswith("the run ends")


@pytest.mark.parametrize("scenario", ["mail-chain", "ia64-as-coded", "depot-growth", "two-tasks"])
@pytest.mark.parametrize(("width", "scale"), [(320, 1.0), (480, 1.0), (900, 1.0), (700, 2.0)])
def test_no_sentence_is_cut_and_nothing_jumps(
    qtbot: QtBot, scenario: str, width: int, scale: float
) -> None:
    strip, session, themes = strip_of(qtbot, scenario, width)
    themes.set_scale(scale)
    strip.resize(width, strip.sizeHint().height())
    assert session.trace is not None
    heights = set()
    told = {explain(session.trace, at): at for at in range(-1, len(session.trace))}
    for position in told.values():  # each sentence once: long runs say the same again and again
        session.seek(position)
        heights.add(strip.sizeHint().height())
        label = strip.sentence
        assert label.heightForWidth(label.width()) <= label.height()
    assert len(heights) == 1


def test_a_wide_strip_has_larger_text(qtbot: QtBot) -> None:
    strip, _, themes = strip_of(qtbot, width=300)
    narrow = strip.sentence.font().pixelSize()
    strip.resize(1200, 100)
    assert strip.sentence.font().pixelSize() > narrow
    assert strip.sentence.font().pixelSize() == themes.metrics.ui("heading").pixelSize()


def test_a_cursor_at_rest_is_read_out(qtbot: QtBot, listener: Listener) -> None:
    strip, session, _ = strip_of(qtbot)
    session.seek(13)
    session.seek(35)
    assert listener.heard == []
    strip.rest.timeout.emit()
    assert listener.heard == [strip.text]
    strip.rest.stop()


def test_playing_is_silent_until_it_pauses(qtbot: QtBot, listener: Listener) -> None:
    strip, session, _ = strip_of(qtbot)
    strip.set_playing(True)
    session.seek(35)
    assert not strip.rest.isActive()
    assert listener.heard == []
    strip.set_playing(False)
    assert listener.heard == [strip.text]


def test_nobody_listening_starts_no_clock(qtbot: QtBot, listener: Listener) -> None:
    listener.active = False
    strip, session, _ = strip_of(qtbot)
    session.seek(35)
    assert not strip.rest.isActive()


def test_hiding_stops_the_clock(qtbot: QtBot, listener: Listener) -> None:
    strip, session, _ = strip_of(qtbot)
    session.seek(35)
    assert strip.rest.isActive()
    strip.hide()
    assert not strip.rest.isActive()
    assert listener.heard == []


def test_it_is_painted_in_both_themes(qtbot: QtBot) -> None:
    strip, session, themes = strip_of(qtbot)
    for theme in ("light", "dark"):
        themes.choose(theme)
        for position in (-1, 13, 35):
            session.seek(position)
            assert not strip.grab().isNull()


def test_it_says_where_playing_stopped_until_one_moves_on(qtbot: QtBot) -> None:
    strip, session, _ = strip_of(qtbot)
    session.seek(20)
    strip.show_stop(20, Stop("function", "build_script"))
    assert "stopped: Each call of build_script" in strip.accessibleDescription()
    session.seek(21)
    assert "stopped" not in strip.accessibleDescription()
    session.seek(20)
    assert "stopped" not in strip.accessibleDescription()
