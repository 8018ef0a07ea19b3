"""What the views of a run say of a recording: what it knows, and nothing that it cannot know."""

from __future__ import annotations

import msgspec
from pytestqt.qtbot import QtBot

from core.scenario.run import Overrides
from core.trace.explain import explain
from core.trace.plotted import plotted_signals
from core.trace.save_time import save_times
from core.trace.save_tree import save_tree
from core.trace.trace import Trace
from gui.geometry.scrubber import Mark
from gui.runner import Runner
from gui.session import Cuts, Session
from gui.theme import ThemeManager
from gui.viewport import Viewport
from gui.widgets.counts import CountsPanel
from gui.widgets.counts_words import IN_RECORDINGS
from gui.widgets.explanation import PUT_TOGETHER_NOTE, RECORDED_NOTE, ExplanationStrip
from gui.widgets.guard_bar import GuardBar
from gui.widgets.source import SourceView
from gui.widgets.stack.view import StackView
from gui.widgets.timeline.cpu_lanes import cpu_name
from gui.widgets.timeline.lanes import mark_lines
from gui.widgets.timeline.model import CUT, TimelineModel
from gui.widgets.timeline.words import part_title
from gui.widgets.word import NOT_RECORDED, WordView
from tests.gui.recorded import recorded_run
from tests.runs import bundled_run


def _session(guard_hits: int | None = 2) -> Session:
    session = Session(Runner())
    session.open("mail-chain")
    session.open_saved(recorded_run(guard_hits), None, {}, Overrides())
    return session


def test_the_guard_bar_says_that_nothing_can_be_changed(qtbot: QtBot) -> None:
    session = Session(Runner())
    session.open("mail-chain")
    bar = GuardBar(session, ThemeManager())
    qtbot.addWidget(bar)
    bar.show()
    assert bar.guard.isVisible()
    assert not bar.recorded.isVisible()
    session.open_saved(recorded_run(), None, {}, Overrides())
    assert bar.recorded.isVisible()
    assert "guard-graph.txt" in bar.recorded.text()
    assert not bar.guard.isVisible()
    assert bar.result.word == "Recorded"
    assert bar.result.figure.startswith("2 guard hits")
    session.open("mail-chain")
    assert bar.guard.isVisible()
    assert not bar.recorded.isVisible()


def test_a_file_that_cannot_show_guard_hits_says_so(qtbot: QtBot) -> None:
    bar = GuardBar(_session(guard_hits=None), ThemeManager())
    qtbot.addWidget(bar)
    assert bar.result.figure == "it cannot show guard hits"


def test_only_what_calls_can_tell_is_counted(qtbot: QtBot) -> None:
    session = _session()
    panel = CountsPanel(session, ThemeManager())
    qtbot.addWidget(panel)
    panel.resize(400, 500)
    panel.show()
    shown = [name for name, tile in panel.tiles.items() if tile.isVisible()]
    assert shown == list(IN_RECORDINGS)
    session.seek(len(recorded_run()) - 1)
    assert panel.tiles["guard_hits"].value == 2
    assert panel.lines[0].title == "Recorded"
    assert panel.lines[0].text == "A real kernel did this: 538 events in 53.7 µs."
    session.open("mail-chain")
    assert all(tile.isVisible() for tile in panel.tiles.values())


def test_the_words_at_a_guard_hit_claim_no_field_and_no_bytes(qtbot: QtBot) -> None:
    session = _session()
    themes = ThemeManager()
    stack, word, source = (
        StackView(session, themes),
        WordView(session, themes),
        SourceView(session, themes),
    )
    for widget in (stack, word, source):
        qtbot.addWidget(widget)
        widget.show()
    hit = int(recorded_run().short_circuits[0])
    session.seek(hit)
    spoken = stack.accessibleDescription()
    assert "save_stack is on this stack already" in spoken
    assert "byte" not in spoken
    assert word.title.text() == NOT_RECORDED
    assert source.title.whole == "save_stack"
    assert "recorded in guard-graph.txt" in source.where.whole


def test_time_is_the_recordings(qtbot: QtBot) -> None:
    session = _session()
    strip = ExplanationStrip(session, ThemeManager())
    qtbot.addWidget(strip)
    session.seek(30)
    assert "3.00 µs" in strip.facts_label.whole
    assert strip.facts_label.toolTip().startswith(RECORDED_NOTE)
    assert PUT_TOGETHER_NOTE != RECORDED_NOTE


def test_what_is_plotted_and_measured_comes_from_the_calls() -> None:
    trace = recorded_run()
    depth, recursion = plotted_signals(trace)
    assert (depth.name, recursion.name) == ("stack_depth", "recursion")
    for at in (0, 10, 38, 200, len(trace) - 1):
        assert depth.signal.value_at(at) == len(trace.calls_at(at))
    tree = save_tree(trace)
    assert tree.all_ns.tolist() == [
        (end - call) * 100 for call, end in zip(tree.call.tolist(), tree.end.tolist(), strict=True)
    ]
    times = save_times(trace)
    assert times.save_ns == sum(tree.all_ns[tree.tops].tolist())
    assert times.total_ns == (len(trace) - 1) * 100
    assert part_title(trace, 0, 9) == "guard-graph.txt: events 1 to 10 of 538"
    assert explain(trace, int(trace.short_circuits[0]))


def test_the_lane_of_running_tasks_names_as_many_cpus_as_there_were() -> None:
    trace = recorded_run()
    recording = trace.info.recording
    assert recording is not None
    several = msgspec.structs.replace(
        trace.info, recording=msgspec.structs.replace(recording, cpus=2)
    )
    two = Trace(trace.codes, trace.sites, trace.functions, trace.values, {}, several)
    assert [cpu_name(each) for each in (bundled_run("mail-chain"), trace, two)] == [
        "CPU 0", "CPU", "2 CPUs",
    ]  # fmt: skip


def test_what_another_guard_would_have_cut_is_marked_until_another_run_is_open(
    qtbot: QtBot,
) -> None:
    session = _session()
    viewport = Viewport(session)
    model = TimelineModel(session, viewport, ThemeManager())
    assert len(model.marks[CUT][0]) == 0
    saves = save_tree(recorded_run()).call[3:5]
    with qtbot.waitSignal(model.changed):
        session.mark_cuts(Cuts("1-bit flag", saves))
    assert model.marks[CUT][0].tolist() == saves.tolist()
    mark = Mark(10.0, CUT, int(saves[0]), 1, 0.0, 9.0)
    assert mark_lines(recorded_run(), mark, session.cuts)[0] == "Call cut by: 1-bit flag"
    session.open("mail-chain")
    assert session.cuts is None
    assert len(model.marks[CUT][0]) == 0
