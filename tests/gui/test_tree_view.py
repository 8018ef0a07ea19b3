"""The recursion tree: which page event it shows, moving in it, and what it says."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.trace.save_law import law
from core.trace.save_tree import Outcome, save_tree
from gui.geometry.save_tree import Box
from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets.tree.view import RecursionTree
from gui.widgets.tree.words import box_lines, spoken
from tests.gui.stands import shown


def tree_of(
    qtbot: QtBot, scenario: str = "depth-law", size: tuple[int, int] = (900, 600), **overrides: Any
) -> tuple[RecursionTree, Session, ThemeManager]:
    return shown(qtbot, RecursionTree, size, scenario, **overrides)


def box_of(view: RecursionTree, node: int) -> Box:
    box = view.canvas.layout_now().box_of(node)
    assert box is not None
    return box


def middle(box: Box) -> QPoint:
    return QPoint(round(box.middle), round(box.top + box.height / 2))


def click(qtbot: QtBot, view: RecursionTree, node: int) -> None:
    QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=middle(box_of(view, node)))


# -- which page event -----------------------------------------------------------------------------


def test_it_follows_the_cursor_from_page_event_to_page_event(qtbot: QtBot) -> None:
    view, session, _ = tree_of(qtbot)
    tree = view.tree
    assert tree is not None
    assert view.title.whole == "Page event 1 of 8"
    third = int(tree.tops[2])
    session.seek(int(tree.call[third]) - 1)
    assert view.title.whole == "Page event 2 of 8"
    session.seek(int(tree.call[third]))
    assert view.title.whole == "Page event 3 of 8"
    assert view.accessibleDescription() == "Page event 3 of 8"
    nodes = sorted(node for box in view.canvas.layout_now().boxes for node in box.nodes)
    assert nodes == sorted(tree.tree(third).tolist())


def test_buttons_go_to_page_events(qtbot: QtBot) -> None:
    view, session, _ = tree_of(qtbot)
    tree = view.tree
    assert tree is not None
    assert not view.previous_button.isEnabled()
    with qtbot.waitSignal(session.position_changed) as got:
        QTest.mouseClick(view.next_button, Qt.MouseButton.LeftButton)
    assert got.args == [int(tree.call[tree.tops[1]])]
    assert view.previous_button.isEnabled()
    for _ in range(10):
        view.turn(1)
    assert view.title.whole == "Page event 8 of 8"
    assert not view.next_button.isEnabled()
    view.canvas.setFocus()
    QTest.keyClick(view.canvas, Qt.Key.Key_PageUp)
    assert view.title.whole == "Page event 7 of 8"


# -- moving in it ---------------------------------------------------------------------------------


def test_a_click_goes_to_the_save(qtbot: QtBot) -> None:
    view, session, _ = tree_of(qtbot)
    tree = view.tree
    assert tree is not None
    for node in tree.tree(0).tolist():
        click(qtbot, view, node)
        assert session.position == tree.call[node]
        assert view.canvas.node == node
        assert view.card.title.whole == f"Save {node + 1} of 56, level {tree.level[node]}"


def test_arrows_move_and_enter_goes(qtbot: QtBot) -> None:
    view, session, _ = tree_of(qtbot)
    tree, trace = view.tree, session.trace
    assert tree is not None
    assert trace is not None
    view.canvas.setFocus()
    for key, wanted in (
        (Qt.Key.Key_Down, tree.children(0)[0]),
        (Qt.Key.Key_Right, tree.children(0)[1]),
        (Qt.Key.Key_Down, tree.children(int(tree.children(0)[1]))[0]),
        (Qt.Key.Key_Home, tree.children(int(tree.children(0)[0]))[0]),
        (Qt.Key.Key_Up, tree.children(0)[0]),
    ):
        QTest.keyClick(view.canvas, key)
        assert view.canvas.node == wanted
        assert view.canvas.accessibleDescription() == spoken(trace, tree, int(wanted))
        assert view.card.title.whole.startswith(f"Save {wanted + 1} of 56")
    assert session.position == -1
    with qtbot.waitSignal(session.position_changed) as got:
        QTest.keyClick(view.canvas, Qt.Key.Key_Return)
    assert got.args == [int(tree.call[tree.children(0)[0]])]


def test_what_is_looked_at_follows_the_cursor(qtbot: QtBot) -> None:
    view, session, _ = tree_of(qtbot)
    tree = view.tree
    assert tree is not None
    for position in range(0, int(tree.end[0]) + 1, 7):
        session.seek(position)
        open_node = tree.node_at(position)
        if open_node >= 0:
            assert view.canvas.node == open_node
        else:
            assert view.canvas.node == 0


def test_a_deep_tree_scrolls_to_the_cursor(qtbot: QtBot) -> None:
    view, session, _ = tree_of(qtbot, "no-guard-overflow", size=(600, 320))
    tree = view.tree
    assert tree is not None
    assert view.canvas.height() > view.height()
    QApplication.processEvents()  # the layouts learn how high the tree is
    for node in (len(tree) - 1, 0, 14):
        session.seek(int(tree.call[node]))
        box = box_of(view, node)
        top = view.canvas.mapTo(view, QPoint(0, round(box.top))).y()
        assert 0 <= top <= view.height() - box.height


# -- what it says ---------------------------------------------------------------------------------


def test_the_card_says_who_asked_and_what_it_cost(qtbot: QtBot) -> None:
    view, session, _ = tree_of(qtbot)
    tree = view.tree
    assert tree is not None
    hit = next(node for node in range(len(tree)) if tree.outcome[node] == Outcome.HIT)
    session.seek(int(tree.call[hit]))
    texts = {fact: label.text().replace("\u200b", "") for fact, label in view.card.values.items()}
    assert texts == {
        "Asked by": "allocating_unwind › __alloc_pages › get_page_from_freelist › __set_page_owner",
        "For": "A page was allocated",
        "Ended": "Guard hit: dummy_handle, no walk.",
        "Itself": "4 events, 11 ns",
        "With all below": "1 save, 0 unwinds, 1 hit, 4 events, 11 ns",
    }
    assert view.card.badge.text() == "G  guard hit"
    assert "Guard hit: dummy_handle, no walk." in view.canvas.accessibleDescription()
    assert "\u200b" not in view.card.accessibleDescription()


def test_levels_and_law_of_the_run(qtbot: QtBot) -> None:
    view, session, _ = tree_of(qtbot, max_depth=3)
    trace = session.trace
    assert trace is not None
    assert [row.saves for row in view.levels.levels] == [8, 16, 32, 64]
    assert view.levels.shown_heads() == ("Level", "Saves", "Unwinds", "Guard hits")
    assert "Level 4: 64 saves, 0 unwinds, 64 guard hits" in view.levels.accessibleDescription()
    assert view.law_label.text() == law(trace)
    assert "120 saves" in view.law_label.text()
    session.select_range(0, 99)
    assert view.levels_title.text() == "By level, events 1 to 100 (range)"
    assert list(view.levels.levels) == save_tree(trace).by_level(0, 99)
    session.clear_range()
    assert view.levels_title.text() == "By level, whole run"


def test_failures_have_a_column_where_there_are_some(qtbot: QtBot) -> None:
    view, _, _ = tree_of(qtbot, "depot-failure")
    assert view.levels.shown_heads()[-1] == "Failures"


def test_hovering_says_more(qtbot: QtBot) -> None:
    view, _, _ = tree_of(qtbot)
    tip = view.canvas.tip(box_of(view, 0))
    assert "Save 1 of 56, level 1" in tip
    assert "7 saves, 3 unwinds, 4 hits" in tip
    QTest.mouseMove(view.canvas, middle(box_of(view, 0)))
    assert view.canvas.cursor().shape() is Qt.CursorShape.PointingHandCursor
    QTest.mouseMove(view.canvas, QPoint(1, 1))
    assert view.canvas.cursor().shape() is Qt.CursorShape.ArrowCursor


def test_boxes_say_less_where_there_is_less_room(qtbot: QtBot) -> None:
    view, _, _ = tree_of(qtbot)
    assert view.tree is not None
    for node in range(7):
        lines = box_lines(view.tree, box_of(view, node))
        lengths = [len(first) + len(second) for first, second in lines]
        assert lengths == sorted(lengths, reverse=True)
        assert lengths[-1] == 1


def test_a_tree_too_wide_is_bars_that_can_be_clicked(qtbot: QtBot) -> None:
    view, session, _ = tree_of(qtbot, size=(380, 600), max_depth=9)
    tree = view.tree
    assert tree is not None
    assert tree.depth == 10
    boxes = view.canvas.layout_now().boxes
    bar = next(box for box in boxes if len(box.nodes) > 1)
    point = QPoint(int(bar.left), round(bar.top + 2))
    QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=point)
    assert session.position == tree.call[bar.nodes[0]]
    assert f"{len(bar.nodes)} saves on level {bar.level}" in view.canvas.tip(bar)


def test_widths_can_say_what_it_cost(qtbot: QtBot) -> None:
    view, _, _ = tree_of(qtbot)
    equal = view.canvas.layout_now().boxes
    QTest.mouseClick(view.widths.buttons["ns"], Qt.MouseButton.LeftButton)
    cost = view.canvas.layout_now().boxes
    assert equal != cost
    below = [box for box in cost if box.level == 2]
    assert sum(box.width for box in below) < cost[0].width
    QTest.mouseClick(view.widths.buttons["equal"], Qt.MouseButton.LeftButton)
    assert view.canvas.layout_now().boxes == equal


# -- without a tree, and in every look ------------------------------------------------------------


def test_a_run_without_saves_says_so(qtbot: QtBot) -> None:
    view, session, _ = tree_of(qtbot, "page-owner-off")
    assert view.empty.isVisible()
    assert view.empty.text().startswith("This run saves no stack")
    session.seek(5)
    view.turn(1)
    assert session.open("mail-chain")
    assert not view.empty.isVisible()
    assert view.title.whole == "Page event 1 of 1"


def test_without_a_run_it_says_what_to_do(qtbot: QtBot) -> None:
    view = RecursionTree(Session(Runner()), ThemeManager())
    qtbot.addWidget(view)
    assert view.empty.text() == "Open a scenario to see its saves as a tree."


def test_a_hidden_tree_takes_nothing_and_catches_up(qtbot: QtBot) -> None:
    view, session, _ = tree_of(qtbot, "mail-chain")
    view.hide()
    assert session.open("depth-law")
    assert session.trace is not None
    session.seek(len(session.trace) - 1)
    assert view.title.whole == "Page event 1 of 1"
    view.show()
    assert view.title.whole == "Page event 8 of 8"
    view.hide()
    session.seek(0)
    view.show()
    assert view.title.whole == "Page event 1 of 8"


@pytest.mark.parametrize(
    ("width", "scale"), [(380, 1.0), (700, 1.0), (1500, 1.0), (700, 3.0), (1500, 3.0)]
)
def test_it_fits_and_is_painted_in_both_themes(qtbot: QtBot, width: int, scale: float) -> None:
    view, session, themes = tree_of(qtbot, size=(width, 600), max_depth=3)
    view.canvas.setFocus()
    session.seek(60)
    themes.set_scale(scale)
    pictures = []
    for name in ("light", "dark"):
        themes.choose(name)
        QApplication.processEvents()
        pictures.append(view.grab().toImage())
    assert pictures[0] != pictures[1]
    room = view.canvas.width()
    assert room <= width
    boxes = view.canvas.layout_now().boxes
    assert max(box.right for box in boxes) <= room
    assert view.canvas.height() >= max(box.bottom for box in boxes)


@pytest.mark.parametrize("scenario", ["two-tasks", "stack-list", "no-guard-overflow", "mail-chain"])
def test_every_kind_of_run_is_painted(qtbot: QtBot, scenario: str) -> None:
    view, session, _ = tree_of(qtbot, scenario)
    assert session.trace is not None
    for position in range(-1, len(session.trace), 37):
        session.seek(position)
    assert not view.grab().isNull()
