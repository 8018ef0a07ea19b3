"""The guard's word: what it shows, what moves, and what it tells those who listen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QVariantAnimation
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from core.trace.events import Kind
from core.trace.guard_word import Phase
from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets.word import WordView
from gui.widgets.word_canvas import bit_text, field_rect
from tests.gui.stands import shown


def word_of(
    qtbot: QtBot, scenario: str = "mail-chain", **overrides: str | int | None
) -> tuple[WordView, Session, ThemeManager]:
    return shown(qtbot, WordView, (400, 400), scenario, **overrides)


def moving(view: WordView) -> bool:
    return view.canvas.motion.state() is QVariantAnimation.State.Running


def test_before_a_run_it_says_so(qtbot: QtBot) -> None:
    view = WordView(Session(Runner()), ThemeManager())
    qtbot.addWidget(view)
    assert view.moment is None
    assert view.accessibleDescription() == "No run yet."


def test_where_the_word_lies(qtbot: QtBot) -> None:
    view, _, _ = word_of(qtbot)
    assert view.title.text() == "task_struct + 2344"
    assert view.place.text() == "4 bytes · Debian 6.1 amd64 (borrowed for ia64 5.12)"


def test_it_follows_the_cursor(qtbot: QtBot) -> None:
    view, session, _ = word_of(qtbot)
    session.seek(15)
    assert view.moment is not None
    assert view.moment.phase is Phase.MODIFIED
    assert (view.moment.memory, view.moment.register) == (0x001, 0x801)
    session.seek(16)
    assert view.moment.memory == 0x801
    session.seek(-1)
    assert view.moment.register is None


def test_it_tells_those_who_listen(qtbot: QtBot) -> None:
    view, session, _ = word_of(qtbot)
    session.seek(35)
    said = view.accessibleDescription()
    assert "Memory 0x00000801, register 0x00000801." in said
    assert said.endswith("in_page_owner = 1 → return dummy_handle.")
    session.seek(20)
    assert "register empty." in view.accessibleDescription()


def test_a_step_forward_is_seen_moving(qtbot: QtBot) -> None:
    view, session, _ = word_of(qtbot)
    session.seek(13)
    assert not moving(view)
    session.step(1)
    assert moving(view)
    session.step(3)
    assert not moving(view)


def test_a_jump_and_a_step_back_are_shown_at_once(qtbot: QtBot) -> None:
    view, session, _ = word_of(qtbot)
    session.seek(16)
    session.step(-1)
    assert not moving(view)
    session.seek(102)
    assert not moving(view)


def test_without_motion_nothing_moves(qtbot: QtBot) -> None:
    view, session, themes = word_of(qtbot)
    themes.set_motion(False)
    session.seek(14)
    session.step(1)
    assert not moving(view)
    assert view.moment is not None
    assert view.moment.register == 0x801


def test_switching_motion_off_ends_what_moves(qtbot: QtBot) -> None:
    view, session, themes = word_of(qtbot)
    session.seek(14)
    session.step(1)
    assert moving(view)
    themes.set_motion(False)
    assert not moving(view)


def test_a_bit_tells_its_name(qtbot: QtBot) -> None:
    view, session, _ = word_of(qtbot)
    session.seek(15)
    scene = view.canvas.scene
    assert scene is not None
    cell = next(cell for cell in scene.picture.memory if cell.bit == 11)
    text = bit_text(scene.guard, scene.moment, cell)
    assert text == "bit 11: in_page_owner\n0 in memory, 1 in the register"
    unnamed = next(cell for cell in scene.picture.memory if cell.bit == 31)
    assert bit_text(scene.guard, scene.moment, unnamed).startswith("bit 31: no field")
    at = QPoint(round(cell.box.left + cell.box.width / 2), round(cell.box.middle))
    help_event = QHelpEvent(QEvent.Type.ToolTip, at, view.canvas.mapToGlobal(at))
    QApplication.sendEvent(view.canvas, help_event)
    assert QToolTip.text() == text
    QToolTip.hideText()


def test_another_guard_is_another_field(qtbot: QtBot) -> None:
    view, session, _ = word_of(qtbot, guard="uint")
    assert view.title.text() == "task_struct + 5312"
    session.seek(35)
    assert view.moment is not None
    assert view.moment.value == 1
    assert "page_owner_depth 1 ≥ 1 → return dummy_handle" in view.accessibleDescription()


def test_big_endian_says_how_bits_count(qtbot: QtBot) -> None:
    view, _, _ = word_of(qtbot, "depot-growth", layout="debian-6.1-s390x")
    assert view.place.text().endswith("big endian: bit 0 is the most significant")
    assert view.canvas.scene is not None
    assert view.canvas.scene.picture.memory[0].bit == 0


def test_no_guard_keeps_no_state(qtbot: QtBot) -> None:
    view, session, _ = word_of(qtbot, guard="none", budget_events=2000)
    session.seek(20)
    assert view.moment is None
    assert view.canvas.isHidden()
    assert view.title.text() == "No state in task_struct"
    assert "notices" in view.accessibleDescription()


def test_a_scan_shows_what_it_compares(qtbot: QtBot) -> None:
    view, session, _ = word_of(qtbot, "depot-growth", guard="scan")
    assert session.trace is not None
    assert "state is the stack itself" in view.accessibleDescription()
    session.seek(int(session.trace.short_circuits[0]))
    assert view.accessibleDescription().startswith("Entry 6 is the address after the call")
    assert "get_page_from_freelist" in view.nothing.text()
    assert "match" in view.nothing.text()
    session.step(1)
    assert "get_page_from_freelist" not in view.nothing.text()


def test_a_change_of_guard_brings_the_bits_back(qtbot: QtBot) -> None:
    view, session, _ = word_of(qtbot, guard="scan")
    assert view.canvas.isHidden()
    session.override(guard="bit2")
    assert not view.canvas.isHidden()
    assert view.nothing.isHidden()
    assert view.moment is not None


def test_it_is_painted_at_every_size_in_both_themes(qtbot: QtBot) -> None:
    view, session, themes = word_of(qtbot)
    for theme in ("light", "dark"):
        themes.choose(theme)
        for scale in (0.8, 1.0, 2.0, 3.0):
            themes.set_scale(scale)
            for width in (200, 320, 480, 1200):
                view.resize(width, 500)
                for position in (-1, 12, 13, 15, 16, 35):
                    session.seek(position)
                    assert not view.canvas.grab().isNull()
                assert view.canvas.scene is not None
                assert view.canvas.minimumHeight() >= view.canvas.scene.picture.height_px


def test_a_low_panel_names_the_guards_field_and_the_neighbour_that_is_set(qtbot: QtBot) -> None:
    view, _, _ = word_of(qtbot)

    def names() -> list[str]:
        assert view.canvas.scene is not None
        return [label.text for label in view.canvas.scene.picture.labels]

    assert "in_execve" in names()
    view.resize(400, 300)
    assert names() == ["in_page_owner", "sched_remote_wakeup"]
    assert view.canvas.minimumHeight() <= 300
    view.resize(400, 120)
    assert names() == ["in_page_owner", "sched_remote_wakeup"]
    view.resize(400, 420)
    assert "in_execve" in names()


def test_the_names_shown_depend_on_the_size_alone(qtbot: QtBot) -> None:
    def shown_at(view: WordView) -> tuple[int, int, int]:
        qtbot.wait(1)
        assert view.canvas.scene is not None
        labels = view.canvas.scene.picture.labels
        return len(labels), view.canvas.minimumHeight(), view.canvas.width()

    heights = range(250, 460, 10)
    old, session, themes = word_of(qtbot)
    found = []
    for height in (*heights, *reversed(heights)):
        old.resize(400, height)
        found.append((height, shown_at(old)))
    for height in heights[::5]:
        session.open("depth-law")
        session.override(guard="scan")
        themes.set_scale(2.0)
        old.resize(300, 200)
        qtbot.wait(1)
        themes.set_scale(1.0)
        old.resize(400, height)
        session.open("mail-chain")
        found.append((height, shown_at(old)))
    # Last, as each of them would take on every scale.
    fresh = {
        height: shown_at(shown(qtbot, WordView, (400, height), "mail-chain")[0])
        for height in heights
    }
    assert len({names for names, _, _ in fresh.values()}) == 2
    assert found == [(height, fresh[height]) for height, _ in found]


def test_motion_is_painted_half_way(qtbot: QtBot) -> None:
    view, session, _ = word_of(qtbot)
    for position in (13, 14, 15):
        session.seek(position)
        session.step(1)
        view.canvas.motion.setCurrentTime(100)
        assert moving(view)
        assert not view.canvas.grab().isNull()


def test_where_nobody_scrolls_the_writers_get_what_room_is_left(qtbot: QtBot) -> None:
    view, session, _ = shown(qtbot, _whole, (900, 600), "wrong-word")
    bar = view._scroll.verticalScrollBar()
    trace = session.trace
    assert trace is not None
    lost = int(trace.positions(Kind.LOST_UPDATE)[0])
    rows = {}
    for height in (600, 420, 330, 290, 270, 250, 230):
        view.resize(900, height)
        for position in (-1, 22, lost, len(trace) - 1):
            session.seek(position)
            qtbot.wait(1)
            fits = view.canvas.minimumHeight() <= view._scroll.viewport().height()
            assert bar.maximum() == 0 or not fits
        rows[height] = 0 if view.writers.isHidden() else view.writers.history.text().count("<tr>")
    # All of it, and as much as there is room for beside the neighbours' names or without them.
    assert (rows[600], rows[420], rows[330], rows[230]) == (3, 0, 3, 0)
    session.seek(22)
    assert "works on" in view.accessibleDescription()


def test_another_writers_change_says_nothing_about_the_guards_bit(qtbot: QtBot) -> None:
    view, session, _ = word_of(qtbot, "wrong-word")
    told = {}
    for position in (22, 23, 80):
        session.seek(position)
        assert view.canvas.scene is not None
        told[position] = view.canvas.scene.verdict.text
    assert told == {
        22: "sched_reset_on_fork 0 → 1, in the register only",
        23: "sched_reset_on_fork = 1 in memory now",
        80: "in_page_owner = 0 in memory now",
    }


def test_what_is_pointed_at_has_its_numbers_unless_it_is_as_wide_as_the_drawing(
    qtbot: QtBot,
) -> None:
    view, session, _ = word_of(qtbot)
    scene = view.canvas.scene
    assert scene is not None
    assert field_rect(scene).bottom() > max(number.baseline for number in scene.picture.numbers)
    session.override(guard="uint")
    scene = view.canvas.scene
    assert scene is not None
    first, last = scene.picture.memory[0].box, scene.picture.memory[-1].box
    place = field_rect(scene)
    assert (place.left(), place.right(), place.bottom()) == (first.left, last.right, last.bottom)


def _whole(session: Session, themes: ThemeManager) -> WordView:
    return WordView(session, themes, whole=True)
