"""The state at the cursor: what is listed, what is marked, and where a double click goes."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from core.trace import file as trace_file
from core.trace.events import Kind
from core.trace.holdings.pages import Which
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets.machine.model import CHANGED, HeldModel
from gui.widgets.machine.panel import MachinePanel
from gui.widgets.machine.table import HeldTable
from tests.core.trace.test_trace_file import OLD
from tests.gui.stands import shown

pytestmark = pytest.mark.usefixtures("undressed")

LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def panel_with(
    qtbot: QtBot, scenario: str, tab: str, size: tuple[int, int] = (380, 560), **overrides: Any
) -> tuple[MachinePanel, Session, ThemeManager]:
    panel, session, themes = shown(qtbot, MachinePanel, size, scenario, **overrides)
    panel.show_tab(tab)
    return panel, session, themes


def first(session: Session, kind: Kind, at: int = 0) -> int:
    assert session.trace is not None
    return int(session.trace.positions(kind)[at])


def texts(model: HeldModel[Any], column: int) -> list[str]:
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def marked(model: HeldModel[Any]) -> list[str]:
    return [text for text in texts(model, 0) if text.startswith(CHANGED)]


def click(table: HeldTable, row: int, *, twice: bool = False) -> None:
    where = table.visualRect(table.model().index(row, 0)).center()
    QTest.mouseClick(table.viewport(), LEFT, NO_KEY, where)
    if twice:
        QTest.mouseDClick(table.viewport(), LEFT, NO_KEY, where)


# -- the panel ----------------------------------------------------------------------------------


def test_before_a_scenario_is_open_it_says_what_to_do(qtbot: QtBot) -> None:
    from gui.runner import Runner

    panel = MachinePanel(Session(Runner()), ThemeManager())
    qtbot.addWidget(panel)
    panel.resize(380, 400)
    with qtbot.waitExposed(panel):
        panel.show()
    assert panel.empty.isVisible()
    assert "Open a scenario" in panel.empty.text()
    assert not panel.tabs.isVisible()


@pytest.mark.parametrize(("scenario", "there"), [("smp-depth-two", True), ("mail-chain", False)])
def test_scripts_are_there_only_where_the_unwinder_has_a_cache(
    qtbot: QtBot, scenario: str, there: bool
) -> None:
    panel, _, _ = panel_with(qtbot, scenario, "Pages")
    assert panel.tabs.isTabVisible(4) == there


def test_the_tab_of_what_changed_is_marked_whichever_is_open(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "depot-growth", "Locks")
    bar = panel.tabs.tabBar()
    for at, kind in enumerate((Kind.OWNER_SET, Kind.DEPOT_STORED, Kind.OBJECT_TAKEN)):
        if session.trace is None or not len(session.trace.positions(kind)):
            continue
        session.seek(first(session, kind))
        assert bar.marked == {at}  # type: ignore[attr-defined]
        assert bar.accessibleTabName(at).endswith("changed by the last event")
    session.seek(0)
    assert bar.marked == set()  # type: ignore[attr-defined]


def test_a_hidden_panel_does_nothing_and_catches_up(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "depot-growth", "Pages")
    panel.hide()
    before = panel.pages.model.rowCount()
    session.seek(first(session, Kind.PAGE_ALLOCATED, 9))
    assert panel.pages.model.rowCount() == before
    panel.show()
    assert panel.pages.model.rowCount() == before + 10


def test_every_step_of_a_run_can_be_shown(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "smp-depth-two", "Pages")
    assert session.trace is not None
    for name in panel.views:
        panel.show_tab(name)
        for position in range(-1, len(session.trace), 7):
            session.seek(position)
        panel.grab()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 3.0])
@pytest.mark.usefixtures("dressed")
def test_it_can_be_shown_in_any_theme_and_size(qtbot: QtBot, theme: str, scale: float) -> None:
    panel, session, themes = panel_with(qtbot, "smp-depth-two", "Pages")
    themes.choose(theme)
    themes.set_scale(scale)
    assert session.trace is not None
    session.seek(len(session.trace) // 2)
    for name in panel.views:
        panel.show_tab(name)
        assert not panel.grab().isNull()
    themes.set_scale(1.0)
    themes.choose("system")


# -- pages --------------------------------------------------------------------------------------


def test_models_keep_their_promises(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "depot-growth", "Pages")
    testers = [
        QAbstractItemModelTester(view.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        for view in (panel.pages, panel.depot, panel.slabs, panel.locks)
    ]
    assert session.trace is not None
    for name in ("Pages", "Depot", "Slabs", "Locks"):
        panel.show_tab(name)
        for share in (0, 3, 9, 4, 1, 10):
            session.seek_fraction(share)
    panel.show_tab("Pages")
    for button in panel.pages.chips.buttons.values():
        QTest.mouseClick(button, LEFT)
        session.seek_fraction(5)
        session.seek_fraction(8)
    assert len(testers) == 4


def test_pages_are_listed_with_word_and_sign(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "depot-growth", "Pages")
    assert session.trace is not None
    session.seek(len(session.trace) - 1)
    handles = texts(panel.pages.model, 3)
    assert "early" in [handle.strip() for handle in handles]
    assert "G dummy" in handles
    assert any("stack" in handle for handle in handles)


def test_what_the_last_event_changed_is_marked(qtbot: QtBot) -> None:
    panel, session, themes = panel_with(qtbot, "depot-growth", "Pages")
    at = first(session, Kind.PAGE_ALLOCATED, 3)
    session.seek(at)
    assert session.trace is not None
    assert marked(panel.pages.model) == [f"{CHANGED} {session.trace.argument(at):#x}"]
    row = [CHANGED in text for text in texts(panel.pages.model, 0)].index(True)
    back = panel.pages.model.index(row, 1).data(Qt.ItemDataRole.BackgroundRole)
    assert back.name().upper() == themes.theme.accent_soft
    session.seek(at + 1)
    assert marked(panel.pages.model) == []


@pytest.mark.parametrize(("which", "column", "says"), [
    (Which.LOST, 3, ("dummy", "failure")), (Which.ALLOCATED, 2, ("allocated",)),
])  # fmt: skip
def test_a_filter_shows_its_pages_only(
    qtbot: QtBot, which: Which, column: int, says: tuple[str, ...]
) -> None:
    panel, session, _ = panel_with(qtbot, "depot-growth", "Pages")
    assert session.trace is not None
    session.seek(len(session.trace) - 1)
    button = panel.pages.chips.buttons[which]
    QTest.mouseClick(button, LEFT)
    found = texts(panel.pages.model, column)
    assert found
    assert all(any(word in text for word in says) for text in found)
    assert button.text().endswith(f" {len(found)}")


def test_a_filter_that_finds_nothing_says_so(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "depot-growth", "Pages")
    session.seek(0)
    QTest.mouseClick(panel.pages.chips.buttons[Which.FREED], LEFT)
    assert panel.pages.empty.isVisible()
    assert panel.pages.empty.text() == "No page has been freed yet."
    assert not panel.pages.table.isVisible()


def test_a_click_selects_and_does_not_move_the_cursor(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "depot-growth", "Pages")
    assert session.trace is not None
    session.seek(len(session.trace) - 1)
    with qtbot.assertNotEmitted(session.position_changed):
        click(panel.pages.table, 2)
    about = panel.pages.details.about
    assert about is not None
    assert "driver_op" in " ".join(about.stack)
    assert about.stack[0] == "get_page_from_freelist"
    assert panel.pages.details.stack.isVisible()


def test_a_double_click_goes_to_the_allocation(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "depot-growth", "Pages")
    assert session.trace is not None
    session.seek(len(session.trace) - 1)
    page = panel.pages.model.thing(3)
    with qtbot.waitSignal(session.position_changed) as got:
        click(panel.pages.table, 3, twice=True)
    assert got.args == [page.made_at]
    assert session.trace.kind(page.made_at) is Kind.PAGE_ALLOCATED
    assert session.trace.argument(page.made_at) == page.pfn


def test_enter_goes_to_the_allocation_and_a_page_of_boot_has_none(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "depot-growth", "Pages")
    assert session.trace is not None
    session.seek(len(session.trace) - 1)
    click(panel.pages.table, 0)
    with qtbot.assertNotEmitted(session.position_changed):
        QTest.keyClick(panel.pages.table, Qt.Key.Key_Return)
    QTest.keyClick(panel.pages.table, Qt.Key.Key_Down)
    QTest.keyClick(panel.pages.table, Qt.Key.Key_Down)
    page = panel.pages.table.current
    with qtbot.waitSignal(session.position_changed) as got:
        QTest.keyClick(panel.pages.table, Qt.Key.Key_Return)
    assert got.args == [page.made_at]


def test_links_go_to_record_and_free(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "depth-law", "Pages")
    assert session.trace is not None
    session.seek(len(session.trace) - 1)
    click(panel.pages.table, panel.pages.model.rowCount() - 1)
    page = panel.pages.table.current
    links = panel.pages.details.links
    assert [link.text() for link in links] == ["Go to allocation", "Go to record", "Go to free"]
    with qtbot.waitSignal(session.position_changed) as got:
        QTest.mouseClick(links[1], LEFT)
    assert got.args == [page.set_at]
    assert session.trace.kind(page.set_at) is Kind.OWNER_SET


def test_the_selected_page_stays_selected_while_the_run_goes_on(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "depot-growth", "Pages")
    assert session.trace is not None
    session.seek(len(session.trace) - 1)
    click(panel.pages.table, 3)
    pfn = panel.pages.table.current.pfn
    for button in panel.pages.chips.buttons.values():
        if button is panel.pages.chips.buttons[Which.FREED]:
            continue
        QTest.mouseClick(button, LEFT)
        if panel.pages.table.current is not None:
            assert panel.pages.table.current.pfn == pfn
    QTest.mouseClick(panel.pages.chips.buttons[Which.ALL], LEFT)
    click(panel.pages.table, 3)
    session.step(-40)
    assert panel.pages.table.current.pfn == pfn
    QTest.keyClick(panel.pages.table, Qt.Key.Key_Escape)
    assert panel.pages.table.current is None


def test_what_is_lost_is_explained(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "depot-growth", "Pages")
    assert session.trace is not None
    session.seek(len(session.trace) - 1)
    QTest.mouseClick(panel.pages.chips.buttons[Which.LOST], LEFT)
    click(panel.pages.table, 0)
    assert "dummy_handle" in panel.pages.details.facts.text()
    assert "who allocated it is lost" in panel.pages.details.facts.text()
    assert panel.pages.details.about is not None
    assert "register_dummy_stack" in panel.pages.details.about.stack


# -- the depot ----------------------------------------------------------------------------------


def test_the_newest_stack_comes_first_and_is_marked(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "depot-growth", "Depot")
    at = first(session, Kind.DEPOT_STORED, 2)
    session.seek(at)
    assert session.trace is not None
    assert texts(panel.depot.model, 0)[0] == f"{CHANGED} {session.trace.argument(at)}"
    assert panel.depot.details.about is not None
    assert "get_page_from_freelist" in panel.depot.details.about.stack


def test_a_stack_is_selected_in_its_pool(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "depot-growth", "Depot")
    assert session.set_parameter("callers", 200)
    assert session.trace is not None
    session.seek(len(session.trace) - 1)
    drawing, depot = panel.depot.pools, panel.depot._state
    assert depot is not None
    record = depot.record(depot.n_records - 5)
    assert record is not None
    box = drawing.pools.part(
        record.pool, record.offset_bytes, record.offset_bytes + record.size_bytes
    )
    where = QPoint(round(box.x + box.width / 2), round(box.y + box.height / 2) + 2)
    QTest.mouseClick(drawing, LEFT, NO_KEY, where)
    assert abs(panel.depot.table.current.number - record.number) <= 1  # a pixel has two stacks
    chosen = panel.depot.table.current
    with qtbot.waitSignal(session.position_changed) as got:
        QTest.mouseDClick(drawing, LEFT, NO_KEY, where)
    assert got.args == [chosen.made_at]
    assert session.trace.kind(chosen.made_at) is Kind.DEPOT_STORED


def test_the_summary_names_pools_and_spare(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "depot-growth", "Depot")
    kept = first(session, Kind.SPARE_KEPT)
    session.seek(kept - 1)
    assert panel.depot.title.text().endswith("no spare")
    session.seek(kept)
    assert panel.depot.title.text().endswith("spare ready")
    assert "A spare is ready" in panel.depot.pools.accessibleDescription()


def test_a_pool_without_pages_is_said(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "depot-failure", "Depot", kernel="6.1")
    session.seek(first(session, Kind.DEPOT_REFUSED))
    assert "has no pages" in panel.depot.pools.accessibleDescription()


def test_a_depot_that_is_not_used_says_so(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "page-owner-off", "Depot")
    session.seek(10)
    assert panel.depot.empty.isVisible()
    assert "empty" in panel.depot.empty.text()


def test_a_trace_of_the_first_schema_shows_what_it_has(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "depot-growth", "Depot")
    session._take(trace_file.load(OLD))
    assert session.trace is not None
    session.seek(len(session.trace) - 1)
    assert panel.depot.model.rowCount() == len(session.trace.info.records)
    panel.show_tab("Slabs")
    assert "older version" in panel.slabs.empty.text()
    panel.show_tab("Pages")
    assert panel.pages.model.rowCount() > 0
    panel.show_tab("Locks")
    panel.grab()


# -- slabs, locks, scripts ----------------------------------------------------------------------


def test_a_cache_counts_down_with_its_bar(qtbot: QtBot) -> None:
    from gui.widgets.machine.model import SHARE_ROLE

    panel, session, _ = panel_with(qtbot, "quiet-kmalloc", "Slabs")
    session.seek(-1)
    model = panel.slabs.model
    session.seek(first(session, Kind.OBJECT_TAKEN))
    (row,) = [at for at, text in enumerate(texts(model, 0)) if text.startswith(CHANGED)]
    before = model.index(row, 1).data(SHARE_ROLE)
    session.seek(first(session, Kind.OBJECT_TAKEN, 1))
    assert model.index(row, 1).data(SHARE_ROLE) < before
    click(panel.slabs.table, row)
    session.seek(-1)
    assert "free objects" in panel.slabs.details.facts.text()


def test_a_deadlock_shows_holder_and_waiter(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "smp-depth-two", "Locks")
    assert session.trace is not None
    session.seek(len(session.trace) - 1)
    QTest.mouseClick(panel.locks.chips.buttons["held"], LEFT)
    holders = texts(panel.locks.model, 1)
    assert "× insmod/311" in holders
    assert "L insmod/311" in holders
    row = holders.index("× insmod/311")
    click(panel.locks.table, row)
    assert "can never release" in panel.locks.details.facts.text()
    lock = panel.locks.table.current
    with qtbot.waitSignal(session.position_changed) as got:
        QTest.keyClick(panel.locks.table, Qt.Key.Key_Return)
    assert got.args == [lock.made_at]
    assert session.trace.kind(lock.made_at) is Kind.LOCK_TAKEN


def test_without_locks_it_says_why(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "ia64-as-coded", "Locks")
    assert session.set_parameter("smp", False)
    assert session.trace is not None
    session.seek(len(session.trace) - 1)
    assert "CONFIG_SMP" in panel.locks.empty.text()


def test_scripts_are_walked_with_the_arrows(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "smp-depth-two", "Scripts", max_depth=1)
    assert session.trace is not None
    session.seek(len(session.trace) - 1)
    grid = panel.scripts.grid
    box = grid.box_of(1)
    QTest.mouseClick(grid, LEFT, NO_KEY, QPoint(round(box.x + 5), round(box.y + 5)))
    assert grid.slot == 1
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.slot == 2
    assert panel.scripts.details.title.whole == "Script 2, slot 2"
    with qtbot.waitSignal(session.position_changed) as got:
        QTest.keyClick(grid, Qt.Key.Key_Return)
    assert session.trace.kind(got.args[0]) is Kind.SCRIPT_ADDED
    assert session.trace.argument(got.args[0]) == 2
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    assert grid.slot == -1


def test_a_half_built_script_is_said(qtbot: QtBot) -> None:
    panel, session, _ = panel_with(qtbot, "smp-depth-two", "Scripts")
    session.seek(first(session, Kind.SCRIPT_ADDED))
    assert "1 half built" in panel.scripts.title.text()
    assert "half built" in panel.scripts.details.facts.text()


@pytest.mark.usefixtures("dressed")
def test_the_newest_stack_is_painted_apart_in_its_pool(qtbot: QtBot) -> None:
    panel, session, themes = panel_with(qtbot, "depot-growth", "Depot")
    assert session.set_parameter("callers", 200)
    stored = first(session, Kind.DEPOT_STORED, 120)
    drawing = panel.depot.pools

    def colours(position: int) -> set[str]:
        session.seek(position)
        qtbot.waitUntil(lambda: drawing.height() >= drawing.sizeHint().height())
        image, depot = drawing.grab().toImage(), panel.depot._state
        assert depot is not None
        record = depot.records(depot.n_records - 1, depot.n_records)[0]
        box = drawing.pools.part(
            record.pool, record.offset_bytes, record.offset_bytes + record.size_bytes, seen=True
        )
        ratio = image.devicePixelRatio()
        x, y = (box.x + box.width / 2) * ratio, (box.y + box.height / 2 + 2) * ratio
        return {image.pixelColor(round(x), round(y)).name().upper()}

    assert colours(stored) == {themes.theme.accent.upper()}
    assert colours(stored + 1) == {themes.theme.role("depot").ink.upper()}
