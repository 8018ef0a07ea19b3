"""The listing: which line runs, which ran before, and keys that stay with commands."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.session import Session
from gui.theme import DARK, LIGHT, Theme, ThemeManager, contrast, mix
from gui.widgets.elided import ElidedLabel
from gui.widgets.source import OUR_WORDS, SourceView
from gui.widgets.source_code import BAND_SHARE, COMFORTABLE_CHARACTERS, SMALLEST_SHARE
from tests.gui.stands import shown

SHOWN = ("allocator", "slab", "page_owner", "unwinder", "depot", "caller", "guard")
"""The subsystems that listings are about, and the guard's field in them."""


def source_of(
    qtbot: QtBot, scenario: str = "mail-chain", **overrides: str | int | None
) -> tuple[SourceView, Session, ThemeManager]:
    return shown(qtbot, SourceView, (480, 400), scenario, **overrides)


def line_of(view: SourceView) -> str:
    assert view.spot is not None
    assert view.spot.line is not None
    return view.code.document().findBlockByNumber(view.spot.line - 1).text().strip()


def bands(view: SourceView) -> list[int]:
    return [band.cursor.blockNumber() + 1 for band in view.code.extraSelections()]


def test_before_a_run_and_before_the_first_event(qtbot: QtBot) -> None:
    view, session, _ = source_of(qtbot)
    assert view.title.whole == "Before the first event"
    assert view.code.accessibleName() == view.accessibleName() == "Listing"
    assert view.code.toPlainText() == ""
    session.seek(0)
    session.seek(-1)
    assert view.code.toPlainText() == ""
    assert bands(view) == []


def test_the_line_that_runs_is_marked(qtbot: QtBot) -> None:
    view, session, _ = source_of(qtbot)
    session.seek(15)
    assert view.title.whole == "save_stack"
    assert view.where.whole == "mm/page_owner.c · Linux 5.12 ia64"
    assert view.badge.text() == "P"
    assert line_of(view) == "current->in_page_owner = 1"
    assert view.spot is not None
    assert bands(view) == [view.spot.line]
    assert view.spot.visited == {1, 2}


def test_the_header_says_whose_words_these_are(qtbot: QtBot) -> None:
    view, session, _ = source_of(qtbot)
    session.seek(15)
    assert OUR_WORDS in view.title.toolTip()
    assert OUR_WORDS in view.where.toolTip()


def test_another_guard_has_another_listing(qtbot: QtBot) -> None:
    view, session, _ = source_of(qtbot, guard="uint", max_depth=2)
    session.seek(13)
    assert line_of(view) == "if (current->page_owner_depth >= 2)"


def test_an_outer_frame_waits_at_its_call_until_the_cursor_moves(qtbot: QtBot) -> None:
    view, session, _ = source_of(qtbot)
    session.seek(35)
    names = [frame.function.name for frame in session.frames()]
    view.show_frame(names.index("build_script"))
    assert view.title.whole == "build_script"
    assert line_of(view) == "region = kmalloc(664 bytes, GFP_ATOMIC)"
    assert view.where.whole.endswith("waits for its callee")
    assert "waits in line" in view.accessibleDescription()
    view.show_frame(None)
    assert view.title.whole == "save_stack"
    view.show_frame(0)
    session.step(1)
    assert view.title.whole == "save_stack"


def test_frames_are_those_the_session_shows(qtbot: QtBot) -> None:
    view, session, _ = source_of(qtbot)
    session.set_essential_only(True)
    session.seek(35)
    view.show_frame(0)
    assert view.title.whole == session.frames()[0].function.name == "kmem_cache_alloc_trace"
    assert line_of(view).startswith("object = ___slab_alloc(")
    view.show_frame(99)
    assert view.title.whole == "save_stack"


def test_a_run_that_died_says_so(qtbot: QtBot) -> None:
    view, session, _ = source_of(qtbot, "no-guard-overflow")
    session.seek(1_000_000)
    assert "died at" in view.accessibleDescription()
    assert line_of(view) == "get_page_from_freelist(gfp, order)"


def test_it_tells_those_who_listen(qtbot: QtBot) -> None:
    view, session, _ = source_of(qtbot)
    session.seek(36)
    assert view.accessibleName() == "Listing of save_stack"
    assert view.accessibleDescription().startswith(
        "save_stack is at line 3 of 10: return dummy_handle"
    )


def test_single_keys_stay_with_the_commands(qtbot: QtBot) -> None:
    view, session, _ = source_of(qtbot)
    session.seek(15)
    pressed: list[str] = []
    for key in ("Space", "Home", "F", "Esc"):
        shortcut = QShortcut(QKeySequence(key), view)
        shortcut.activated.connect(lambda key=key: pressed.append(key))
    with qtbot.waitActive(view):
        view.activateWindow()
    view.setFocus()
    assert view.code.hasFocus()
    for code in (Qt.Key.Key_Space, Qt.Key.Key_Home, Qt.Key.Key_F, Qt.Key.Key_Escape):
        QTest.keyClick(view.code, code)
    assert pressed == ["Space", "Home", "F", "Esc"]
    assert view.code.toPlainText().startswith("save_stack(gfp)")


def test_the_text_can_be_copied(qtbot: QtBot) -> None:
    view, session, _ = source_of(qtbot)
    session.seek(15)
    view.code.selectAll()
    QTest.keyClick(view.code, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text().startswith("save_stack(gfp)")


def test_a_selection_survives_a_step(qtbot: QtBot) -> None:
    view, session, _ = source_of(qtbot)
    session.seek(15)
    view.code.selectAll()
    session.step(1)
    assert view.code.textCursor().hasSelection()


@pytest.mark.parametrize("scale", [1.0, 2.0, 3.0])
def test_the_text_follows_width_and_scale_and_never_the_function(
    qtbot: QtBot, scale: float
) -> None:
    view, session, themes = source_of(qtbot)
    themes.set_scale(scale)
    sizes = []
    for width in (320, 480, 2400):
        view.resize(width, 400)
        at_width = set()
        for position in (0, 15, 35, 95):
            session.seek(position)
            at_width.add(view.code.font().pixelSize())
        assert len(at_width) == 1
        sizes.append(at_width.pop())
    whole = themes.metrics.mono("body").pixelSize()
    assert sizes == sorted(sizes)
    assert sizes[0] >= int(whole * SMALLEST_SHARE)
    assert sizes[-1] == whole
    room = view.code.viewport().width()
    assert view.code.fontMetrics().horizontalAdvance("0" * COMFORTABLE_CHARACTERS) <= room


def test_a_long_line_scrolls(qtbot: QtBot) -> None:
    view, session, themes = source_of(qtbot)
    themes.set_scale(3.0)
    session.seek(15)
    assert view.code.horizontalScrollBar().maximum() > 0
    assert view.code.horizontalScrollBar().value() == 0


def test_the_line_that_runs_is_in_view(qtbot: QtBot) -> None:
    view, session, themes = source_of(qtbot)
    themes.set_scale(3.0)
    session.seek(97)
    assert view.spot is not None
    assert view.spot.line is not None
    block = view.code.document().findBlockByNumber(view.spot.line - 1)
    box = view.code.blockBoundingGeometry(block).translated(view.code.contentOffset())
    assert 0 <= box.top() < box.bottom() <= view.code.viewport().height() + 1


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_call_is_readable_on_every_band(theme: Theme) -> None:
    shown = [theme.role(name) for name in SHOWN]
    for under in (*shown, theme.danger):
        band = mix(under.soft, theme.surface, BAND_SHARE)
        for ink in (*(role.ink for role in shown), theme.text, theme.accent_ink, theme.muted):
            assert contrast(ink, band) >= 4.5


def test_it_is_painted_in_both_themes(qtbot: QtBot) -> None:
    view, session, themes = source_of(qtbot)
    for theme in ("light", "dark"):
        themes.choose(theme)
        for position in (15, 35, 36):
            session.seek(position)
            view.show_frame(3)
            assert not view.grab().isNull()


def test_a_short_label_has_its_text_in_the_tool_tip(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.set_text("entry_SYSCALL_64_after_hwframe", "a note")
    assert label.text().endswith("…")
    assert label.toolTip() == "entry_SYSCALL_64_after_hwframe\na note"
    label.resize(600, 20)
    with qtbot.waitExposed(label):
        label.show()
    assert label.text() == label.whole
    assert label.toolTip() == "a note"
