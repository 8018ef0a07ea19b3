"""What exploring found in the window: played in Live, on the timeline, saved."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from core.explore.result import Exploration
from gui.app import _add_workspaces
from gui.controller import Controller
from gui.widgets import ask
from tests.gui.explore_stands import (
    CLICK,
    KEY,
    PATIENCE,
    SERIALIZED,
    a_window,
    answered,
    at,
    messages,
    page,
)

pytestmark = pytest.mark.usefixtures("undressed")

# -- playing and saving, with the real workers ----------------------------------------------------


FOUND: list[Exploration] = []
"""What the real workers found the first time."""


@pytest.fixture
def real(qtbot: QtBot, tmp_path: Path) -> Controller:
    """The guard's bits in the serialized word, explored."""
    made, window = a_window(qtbot, tmp_path)
    _add_workspaces(window, made)
    made.session.open(str(SERIALIZED))
    window.show_workspace("explore")
    shown = page(made)
    if FOUND:
        answered(made, FOUND[0])
    else:
        QTest.mouseClick(shown.bar.start_button, CLICK)
        qtbot.waitUntil(lambda: not shown.session.busy, timeout=PATIENCE)
        assert shown.session.result is not None
        FOUND.append(shown.session.result)
    assert shown.banner.sentence.text() == "Counterexample: an update is lost after one switch."
    return made


def test_a_counterexample_plays_like_any_run(real: Controller, qtbot: QtBot) -> None:
    shown, player = page(real), real.session
    QTest.mouseClick(shown.detail.buttons["explore.live"], CLICK)
    assert real.window.workspace == "live"
    found = shown.session.property("no-lost-update")
    assert found is not None
    assert found.counterexample is not None
    assert player.position == found.counterexample.event
    assert player.trace is not None
    assert len(player.trace) == found.counterexample.events
    assert player.source is not None
    assert player.source.document["schedule"]["choices"] == list(found.counterexample.choices)
    real.window.show_workspace("explore")
    assert not shown.session.outdated
    assert shown.bar.menus.scenario.text() == "The guard in the serialized word"


def test_a_counterexample_stays_open_while_its_folder_changes(
    real: Controller, qtbot: QtBot
) -> None:
    real.window.registry.run("explore.live")
    played = real.session.source
    real.watcher._look()
    assert real.session.source is played


def test_a_double_click_on_a_state_plays_the_way_to_it(real: Controller) -> None:
    shown, player = page(real), real.session
    scene = shown.graph.view.scene
    assert scene is not None
    nodes = scene.graph.nodes
    wanted = next(
        at
        for at, node in enumerate(nodes)
        if not node.outcome and len(node.choices) == 1 and "interrupt" in node.choices[0]
    )
    where = at(shown, wanted)
    QTest.mouseClick(shown.graph.view, CLICK, pos=where)
    assert shown.session.node == wanted
    QTest.mouseDClick(shown.graph.view, CLICK, pos=where)
    assert real.window.workspace == "live"
    assert player.source is not None
    assert player.source.document["schedule"]["choices"] == list(nodes[wanted].choices)
    assert player.source.document["title"].endswith(f"the way to state {wanted}")
    assert player.trace is not None
    assert player.trace.kind(player.position).name == "INTERRUPTED"


def test_it_is_shown_on_the_timeline(real: Controller) -> None:
    QTest.keyClick(page(real).list, KEY.Key_T)
    assert real.window.workspace == "timeline"
    assert real.session.position > 0


def test_a_counterexample_is_saved_and_opens_again(
    real: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "_folders", [tmp_path])
    offered: list[str] = []

    def choose(*arguments: str) -> tuple[str, str]:
        offered.append(arguments[2])
        return str(tmp_path / "lost.toml"), "Scenarios (*.toml)"

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    QTest.keyClick(page(real).list, KEY.Key_K)
    path = tmp_path / "lost.toml"
    assert offered == [str(tmp_path / "two-cpus-no-lost-update.toml")]
    assert messages(real) == [f"Saved: {path}"]
    assert tomllib.loads(path.read_text("utf-8"))["guard"]["word"] == "serialized"
    assert real.window.settings.recent_files[0] == path.resolve()
    assert real.session.open(str(path))
    assert real.session.trace is not None


def test_a_place_where_nothing_can_be_written_is_said(
    real: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "_folders", [tmp_path])
    nowhere = tmp_path / "no" / "where.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(nowhere), "(*.toml)"))
    real.window.registry.run("explore.save")
    assert str(nowhere) in messages(real)[0]
    assert "choose another place" in messages(real)[0]
