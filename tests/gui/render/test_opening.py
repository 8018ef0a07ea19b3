"""What can be drawn: scenarios, lessons, recordings and saved runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

import resources
from core.errors import OwnerscopeError
from core.lesson.loader import bundled as lessons
from core.lesson.loader import open_lesson
from gui.render.make import make
from gui.render.opening import opened
from gui.saved_run import save_run, workspace_of
from gui.session import Session
from tests.gui.render.stands import SMALL, job

GRAPH = Path(resources.__path__[0]) / "recordings" / "function_graph-guard-hits.txt.zst"
DUMP = Path(resources.__path__[0]) / "recordings" / "page_owner-6.1-boot.txt.zst"


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def test_parameters_and_the_guard_are_as_asked_for(tmp_path: Path) -> None:
    found = opened(job(tmp_path / "a.png", "depth-law", overrides={"guard": "bit2"}))
    assert found.view == "stack"
    assert found.request.trace is not None
    assert found.request.trace.info.guard.design == "bit2"


def test_the_layout_is_that_of_the_scenario_unless_another_is_named(tmp_path: Path) -> None:
    out = tmp_path / "a.png"
    assert opened(job(out, view="layout")).request.kernel
    named = opened(job(out, view="layout", kernel="debian-6.1-arm64"))
    assert named.request.kernel == "debian-6.1-arm64"


def test_a_scenario_from_a_file(tmp_path: Path, qapp: QApplication) -> None:
    out = tmp_path / "a.png"
    make(job(out, str(Path(__file__).parents[1] / "two-cpus.toml")))
    assert size_of(out) == SMALL


def test_the_steps_of_a_lesson(tmp_path: Path, qapp: QApplication) -> None:
    name = lessons()[0]
    steps = open_lesson(name).lesson.steps
    for number in (1, 2):
        out = tmp_path / f"{number}.png"
        make(job(out, name, step=number))
        assert size_of(out) == SMALL
        assert opened(job(out, name, step=number)).request.title == steps[number - 1].title
    with pytest.raises(OwnerscopeError, match=f"has {len(steps)} steps, no step 99"):
        make(job(tmp_path / "a.png", name, step=99))


def test_a_step_that_explores_is_its_states(tmp_path: Path, qapp: QApplication) -> None:
    found = opened(job(tmp_path / "a.png", "strictly-current", step=10))
    assert found.view == "states"
    assert found.request.explored is not None
    out = tmp_path / "a.svg"
    make(job(out, "strictly-current", step=10, size=(1280, 720)))
    drawn = out.read_text("utf-8")
    assert "Counterexample: an update is lost after one switch." in drawn
    assert "ended badly" in drawn
    assert opened(job(out, "strictly-current", step=10, view="stack")).request.trace is not None
    with pytest.raises(OwnerscopeError, match="what was explored does not move"):
        make(job(tmp_path / "a.gif", "strictly-current", step=10))
    with pytest.raises(OwnerscopeError, match="nothing of it can be changed"):
        make(job(out, "strictly-current", step=10, overrides={"guard": "none"}))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('scenario = "mail-chain"\nposition = "gone call 1"', "there is no position"),
        ('scenario = "mail-chain"\nguard = "gone"', "guard: there is no guard 'gone'"),
        ('workspace = "layout"\nlayout = "gone"', "view layout: no layout or file 'gone'"),
        ('scenario = "mail-chain"\nworkspace = "timeline"\nzoom = ["end"]', "a zoom is two"),
    ],
)
def test_a_step_that_is_wrong_is_named(
    wrong: str, said: str, tmp_path: Path, qapp: QApplication
) -> None:
    lesson = tmp_path / "a.toml"
    lesson.write_text(
        f'schema = 1\nname = "a"\ntitle = "A"\n[[steps]]\ntitle = "x"\n{wrong}\n', "utf-8"
    )
    with pytest.raises(OwnerscopeError, match=rf"^step 1 \(x\): {said}"):
        make(job(tmp_path / "a.png", str(lesson), step=1))
    if "guard" in wrong:
        with pytest.raises(OwnerscopeError, match=r"^--guard: there is no guard 'nope'"):
            make(job(tmp_path / "a.png", str(lesson), step=1, overrides={"guard": "nope"}))


def test_a_recording_with_an_order(tmp_path: Path, qapp: QApplication) -> None:
    for view in ("", "stack"):
        out = tmp_path / f"a{view}.png"
        make(job(out, str(GRAPH), view=view))
        assert size_of(out) == SMALL
    with pytest.raises(OwnerscopeError, match="cannot be compared"):
        make(job(tmp_path / "b.png", str(GRAPH), view="compare"))


def test_a_recording_that_the_program_brings_has_a_name(tmp_path: Path) -> None:
    found = opened(job(tmp_path / "a.png", "recursion"))
    assert found.view == "timeline"
    assert found.request.trace is not None
    with pytest.raises(OwnerscopeError, match=r"boot\.txt\.zst|boot_dump"):
        opened(job(tmp_path / "a.png", "boot_dump"))


def test_a_recording_without_an_order_says_so(tmp_path: Path) -> None:
    with pytest.raises(OwnerscopeError, match="no order of events"):
        opened(job(tmp_path / "a.png", str(DUMP)))


def test_a_saved_run_is_drawn_as_it_was_saved(
    tmp_path: Path, session: Session, qapp: QApplication
) -> None:
    run, saved, made = tmp_path / "r.ownertrace", tmp_path / "a.svg", tmp_path / "b.svg"
    save_run(session, run, workspace_of(session))
    for out, what in ((saved, str(run)), (made, "mail-chain")):
        make(job(out, what, at="41", title="The same"))
    assert saved.read_bytes() == made.read_bytes()


def test_what_is_nothing_says_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(OwnerscopeError, match="no scenario, lesson, recording or file 'nope'"):
        opened(job(tmp_path / "a.png", "nope"))
    (tmp_path / "x.toml").write_text("title = ")
    with pytest.raises(OwnerscopeError, match=r"x\.toml"):
        opened(job(tmp_path / "a.png", str(tmp_path / "x.toml")))


@pytest.mark.parametrize(
    ("what", "wanted", "said"),
    [
        ("mail-chain", {"step": 2}, "--step: mail-chain is a scenario"),
        (GRAPH, {"step": 2}, "--step: a recording has no steps"),
        (GRAPH, {"overrides": {"guard": "bit1"}}, "--guard: a recording shows what was"),
        (GRAPH, {"overrides": {"max_depth": 2}}, "--max-depth: a recording shows what was"),
        ("mail-chain", {"lanes": ("uint", "bit1")}, "--lanes: the view 'stack' has no lanes"),
        ("mail-chain", {"field": "bit1"}, "--field: the view 'stack' shows no struct"),
        ("mail-chain", {"view": "layout", "at": "start"}, "--at: a layout has no moments"),
        ("field-cost", {"step": 1, "view": "stack"}, "--view: step 1 shows a struct and no run"),
        ("/", {}, "/: this is a folder"),
        ("", {}, "there is no scenario, lesson, recording or file ''"),
    ],
)
def test_what_would_be_left_out_is_said(
    what: object, wanted: dict[str, object], said: str, tmp_path: Path, qapp: QApplication
) -> None:
    with pytest.raises(OwnerscopeError) as told:
        make(job(tmp_path / "a.png", str(what), **wanted))
    assert said in str(told.value)
    assert "\n" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


def test_a_step_takes_another_guard(tmp_path: Path) -> None:
    out = tmp_path / "a.png"
    usual, other = (
        opened(job(out, "one-bit", step=2, overrides=overrides)).request.trace
        for overrides in ({}, {"guard": "bit2"})
    )
    assert usual is not None and other is not None
    assert usual.info.guard.design != other.info.guard.design == "bit2"
