"""Counts at the cursor, the run's totals, how it ended and what is inferred."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.trace.counts import COUNT_NAMES
from core.trace.function_table import range_counts
from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets.counts import CountsPanel
from gui.widgets.counts_words import COUNTS, OUTCOMES, notes_of, outcome_text
from tests.gui.stands import shown


def panel_of(
    qtbot: QtBot, scenario: str = "mail-chain", width: int = 400, **overrides: str | int | None
) -> tuple[CountsPanel, Session, ThemeManager]:
    return shown(qtbot, CountsPanel, (width, 600), scenario, **overrides)


def settle(panel: CountsPanel) -> None:
    """Let the layouts do what they have put off."""
    for _ in range(4):
        QApplication.processEvents()


def columns_of(panel: CountsPanel) -> int:
    return len({tile.x() for tile in panel.tiles.values()})


def test_every_count_is_shown_in_order() -> None:
    assert tuple(COUNTS) == COUNT_NAMES


def test_before_a_run_there_are_dashes(qtbot: QtBot) -> None:
    panel = CountsPanel(Session(Runner()), ThemeManager())
    qtbot.addWidget(panel)
    assert {tile.value_text for tile in panel.tiles.values()} == {"–"}
    assert panel.accessibleDescription() == "No run yet."


def test_values_and_totals(qtbot: QtBot) -> None:
    panel, session, _ = panel_of(qtbot)
    session.seek(35)
    state = session.state()
    assert state is not None
    assert {name: tile.value for name, tile in panel.tiles.items()} == state.counts
    assert panel.tiles["frames_unwound"].value_text == "0"
    assert panel.tiles["frames_unwound"].total_text == "of 12"
    session.seek(115)
    assert panel.tiles["frames_unwound"].value_text == "12"


def test_what_the_event_changed_is_marked(qtbot: QtBot) -> None:
    panel, session, _ = panel_of(qtbot)
    session.seek(35)
    changed = {name: tile.change for name, tile in panel.tiles.items() if tile.change}
    assert changed == {"guard_hits": 1}
    assert panel.tiles["guard_hits"].change_text == "+1"
    session.seek(36)
    assert not any(tile.change for tile in panel.tiles.values())
    session.seek(-1)
    assert not any(tile.change for tile in panel.tiles.values())


def test_it_tells_those_who_listen(qtbot: QtBot) -> None:
    panel, session, _ = panel_of(qtbot)
    session.seek(35)
    assert "Guard hits 1 of 1" in panel.accessibleDescription()
    tile = panel.tiles["guard_hits"]
    assert tile.accessibleName() == "Guard hits"
    assert tile.accessibleDescription().startswith("1 of 1")


@pytest.mark.parametrize(
    ("scenario", "title", "part"),
    [
        ("mail-chain", "Completed", "116 events and 1.27 µs of simulated time"),
        ("no-guard-overflow", "Stack overflow", "get_page_from_freelist would need byte"),
        ("ia64-as-coded", "Deadlock", "spins for ever"),
    ],
)
def test_how_the_run_ended(qtbot: QtBot, scenario: str, title: str, part: str) -> None:
    panel, session, _ = panel_of(qtbot, scenario)
    assert panel.lines[0].title == title
    assert part in panel.lines[0].text
    assert session.trace is not None
    assert outcome_text(session.trace) == panel.lines[0].text


def test_every_outcome_has_its_words() -> None:
    outcomes = {
        "completed",
        "stack_overflow",
        "deadlock",
        "out_of_memory",
        "budget_exhausted",
        "recorded",
    }
    assert set(OUTCOMES) == outcomes


def test_warnings_of_the_run(qtbot: QtBot) -> None:
    panel, _, _ = panel_of(qtbot, "two-bit-wrap")
    warnings = [line.text for line in panel.lines if line.title == "Warning"]
    assert len(warnings) == 1
    assert warnings[0].startswith("A 2-bit field counts from 0 to 3")
    assert warnings[0].endswith("never guards.")


def test_what_is_inferred_is_said(qtbot: QtBot) -> None:
    panel, session, _ = panel_of(qtbot)
    assert session.trace is not None
    notes = notes_of(session.trace.info)
    assert notes[0].startswith("ia64 as the mail tells it")
    about_layout = [note for note in notes if "Debian 6.1 amd64" in note]
    assert about_layout == ["The task_struct of Debian 6.1 amd64 stands in for ia64 5.12."]
    assert [line.text for line in panel.lines if not line.title] == notes


def test_another_run_replaces_the_lines(qtbot: QtBot) -> None:
    panel, session, _ = panel_of(qtbot)
    first, titles = panel.lines[0], [line.title for line in panel.lines]
    assert session.open("two-bit-wrap")
    assert panel.lines[0].title == "Stack overflow"
    assert panel.lines[0].accessibleName().startswith("Stack overflow: ")
    assert panel.lines[0] is first
    assert panel.lines[1].title == "Warning"
    assert all(line.isVisible() for line in panel.lines)
    assert panel.tiles["guard_hits"].total_text == "of 0"
    assert session.open("mail-chain")
    assert [line.title for line in panel.lines] == titles


@pytest.mark.parametrize(
    ("width", "scale", "columns"),
    [(320, 1.0, 2), (480, 1.0, 3), (1200, 1.0, 4), (320, 2.0, 1), (480, 2.0, 2), (320, 3.0, 1)],
)
def test_columns_follow_the_width(qtbot: QtBot, width: int, scale: float, columns: int) -> None:
    panel, _, themes = panel_of(qtbot, width=width)
    themes.set_scale(scale)
    settle(panel)
    assert columns_of(panel) == columns
    right = max(tile.mapTo(panel, tile.rect().topRight()).x() for tile in panel.tiles.values())
    assert right <= panel.viewport().width()


def test_large_counts_keep_their_digits(qtbot: QtBot) -> None:
    panel, session, themes = panel_of(qtbot, "depth-law", width=320)
    assert session.set_parameter("events", 2000)
    session.seek(10_000_000)
    for scale in (1.0, 2.0, 3.0):
        themes.set_scale(scale)
        settle(panel)
        for tile in panel.tiles.values():
            words_px, room_px = tile.words_px
            assert 0 < words_px <= room_px
            assert tile.mapTo(panel, tile.rect().topRight()).x() <= panel.viewport().width()


def test_it_is_painted_in_both_themes(qtbot: QtBot) -> None:
    panel, session, themes = panel_of(qtbot)
    for theme in ("light", "dark"):
        themes.choose(theme)
        session.seek(35)
        assert not panel.grab().isNull()


def test_a_range_is_counted_and_said(qtbot: QtBot) -> None:
    panel, session, _ = panel_of(qtbot, "depth-law")
    trace = session.trace
    assert trace is not None
    assert not panel.range_label.isVisible()
    session.seek(10)
    session.select_range(120, 899)
    assert panel.range_label.isVisible()
    assert panel.range_label.text() == "Counted in the range: events 121 to 900"
    assert panel.accessibleDescription().startswith("Counted in the range: events 121 to 900, ")
    wanted = range_counts(trace, 120, 899)
    assert {name: tile.value for name, tile in panel.tiles.items()} == wanted
    session.seek(899)
    assert {name: tile.value for name, tile in panel.tiles.items()} == wanted
    assert panel.tiles["guard_hits"].total_text == "of 32"
    session.clear_range()
    assert not panel.range_label.isVisible()
    assert panel.tiles["guard_hits"].value == trace.state_at(899).counts["guard_hits"]


def test_another_run_has_no_range(qtbot: QtBot) -> None:
    panel, session, _ = panel_of(qtbot, "depth-law")
    session.select_range(120, 899)
    assert session.open("mail-chain")
    assert not panel.range_label.isVisible()


def test_a_panel_that_comes_late_counts_the_range(qtbot: QtBot) -> None:
    panel, session, themes = panel_of(qtbot, "depth-law")
    session.select_range(120, 899)
    late = CountsPanel(session, themes)
    qtbot.addWidget(late)
    assert late.range_label.text() == "Counted in the range: events 121 to 900"
    assert [tile.value_text for tile in late.tiles.values()] == [
        tile.value_text for tile in panel.tiles.values()
    ]
    assert late.tiles["guard_hits"].value_text
