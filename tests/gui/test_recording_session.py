"""The recording session: what is open, what of it is shown, and what tells whom."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.recording.formats import FORMATS
from core.recording.opening import Recording, open_recording
from core.recording.profile import Frame, ProfileBuilder, ProfileInfo
from core.recording.reading import Reading
from core.trace.events import Kind
from gui import recording_tree
from gui.recording_examples import EXAMPLES
from gui.recording_look import BY_DIFFERENCE, BY_SUBSYSTEM, FLAME, HEAVY, NAME, SANDWICH, TIME
from gui.recording_session import RecordingSession

PATHS = {example.name: example.path for example in EXAMPLES}
FOLDED = "a;b;c 5\na;b;d 3\na;x;a;y 2\n"


@cache
def example(name: str) -> Recording:
    return open_recording(PATHS[name])


def recording(folded: str, name: str = "stacks.txt") -> Recording:
    builder = ProfileBuilder(ProfileInfo("folded", name, "samples"))
    for line in folded.splitlines():
        stack, _, count = line.rpartition(" ")
        frames = [Frame(function, function) for function in stack.split(";")]
        builder.add(
            frames, weights={"records": int(count)}, dimensions={"comm": f"task-{frames[-1].name}"}
        )
    folded_format = next(each for each in FORMATS if each.name == "folded")
    return Recording(name, folded_format, builder.build(), Reading())


@pytest.fixture
def session(qtbot: QtBot) -> RecordingSession:
    made = RecordingSession()
    made.show(recording(FOLDED))
    return made


def tree_of(session: RecordingSession) -> dict[str, int]:
    """Return what is shown: paths of functions, with what they weigh."""
    tree = session.tree
    assert tree is not None
    return {";".join(tree.path_names(node)): int(tree.total[node]) for node in range(len(tree))}


def test_nothing_is_open_at_first(qtbot: QtBot) -> None:
    session = RecordingSession()
    assert session.profile is None
    assert session.tree is None
    assert session.diff is None
    assert session.weights == ()
    assert session.title == ""
    session.next_hit()
    session.set_filter("a")
    session.swap()
    assert session.hits is None


def test_what_is_shown_is_a_tree(session: RecordingSession) -> None:
    assert tree_of(session)["a"] == 10
    assert tree_of(session)["a;b"] == 8
    assert session.weight == "records"
    assert session.title == "stacks.txt"


def test_showing_tells_everybody_in_order(qtbot: QtBot, session: RecordingSession) -> None:
    heard: list[str] = []
    session.recording_changed.connect(lambda: heard.append("recording"))
    session.tree_changed.connect(lambda: heard.append("tree"))
    session.show(recording("m;n 4\n", "other.txt"))
    assert heard == ["recording", "tree"]
    assert tree_of(session) == {"": 4, "m": 4, "m;n": 4}


def test_the_tree_is_kept_until_something_changes(session: RecordingSession) -> None:
    before = session.tree
    assert session.tree is before
    session.set_upward(True)
    session.set_colouring("module")
    assert session.tree is before
    session.set_inverted(True)
    assert session.tree is not before
    assert tree_of(session)["c;b;a"] == 5


def test_orders(session: RecordingSession) -> None:
    for order in (TIME, NAME, HEAVY):
        session.set_order(order)
        assert session.tree is not None
        assert session.tree.order == order


def test_a_filter_picks_records(qtbot: QtBot, session: RecordingSession) -> None:
    with qtbot.waitSignal(session.tree_changed):
        assert session.set_filter("comm = task-c or comm = task-y")
    assert tree_of(session)["a"] == 7
    assert session.narrowed
    assert session.set_filter("")
    assert tree_of(session)["a"] == 10


def test_a_filter_that_is_none_leaves_what_was(qtbot: QtBot, session: RecordingSession) -> None:
    session.set_filter("comm = task-c")
    with qtbot.assertNotEmitted(session.tree_changed):
        assert not session.set_filter("nosuch = 3")
    assert "nosuch" in session.filter_error
    assert session.filter == "comm = task-c"
    assert tree_of(session)["a"] == 5
    assert session.set_filter("comm = task-c")
    assert session.filter_error == ""


def test_frames_are_hidden_and_kept(session: RecordingSession) -> None:
    session.hide("b")
    assert tree_of(session)["a;c"] == 5
    session.keep("x")
    assert tree_of(session) == {"": 2, "a": 2, "a;x": 2, "a;x;a": 2, "a;x;a;y": 2}
    session.show_all()
    assert tree_of(session)["a;b;c"] == 5


def test_recursion_is_collapsed(session: RecordingSession) -> None:
    session.set_collapse(True)
    assert tree_of(session)["a;y"] == 2
    session.set_collapse(False)
    assert tree_of(session)["a;x;a;y"] == 2


def test_search_finds_goes_round_and_has_a_share(session: RecordingSession) -> None:
    session.set_search("^[cd]$")
    assert session.hit_count == 2
    assert session.matched_share == pytest.approx(0.8)
    session.next_hit()
    assert (session.function, session.hit_number) == ("c", 1)
    session.next_hit()
    assert (session.function, session.hit_number) == ("d", 2)
    session.next_hit()
    assert session.hit_number == 1
    session.previous_hit()
    assert session.hit_number == 2


def test_hits_follow_what_is_shown(session: RecordingSession) -> None:
    session.set_search("x")
    assert session.hit_count == 1
    session.set_filter("comm = task-c")
    assert session.hit_count == 0
    assert session.matched_share == 0.0


def test_the_search_goes_on_from_the_selected_frame(session: RecordingSession) -> None:
    tree = session.tree
    assert tree is not None
    session.set_search("^d$|^x$")
    session.select(tree.find(["a", "b", "c"]) or 0)
    session.next_hit()
    assert session.function == "d"
    session.select(tree.find(["a", "x", "a", "y"]) or 0)
    session.previous_hit()
    assert session.function == "x"


def test_a_pattern_that_is_none_is_said(qtbot: QtBot, session: RecordingSession) -> None:
    with qtbot.waitSignal(session.search_changed):
        session.set_search("(")
    assert session.search_error
    assert session.hits is None
    session.look_for("a.b(c)")
    assert session.search_error == ""


def test_selecting(qtbot: QtBot, session: RecordingSession) -> None:
    assert session.tree is not None
    node = session.tree.find(["a", "b"])
    assert node is not None
    with qtbot.waitSignal(session.selection_changed):
        session.select(node)
    assert session.function == "b"
    session.set_weight("records")
    assert session.selected == node
    session.select_function("x")
    assert (session.selected, session.function) == (-1, "x")
    session.set_view(SANDWICH)
    session.set_search("x")
    session.reset()
    assert (session.selected, session.search, session.view) == (-1, "", FLAME)


def test_a_trace_is_a_profile_too(qtbot: QtBot) -> None:
    session = RecordingSession()
    session.show(example("guard_hits"))
    assert session.trace is not None
    assert session.weights == ("records", "ns")
    assert session.weight == "ns"
    tree = session.tree
    assert tree is not None
    assert tree.find(["__set_page_owner", "save_stack"]) is not None
    assert session.profile is session.profile


def test_two_recordings_are_compared(qtbot: QtBot, session: RecordingSession) -> None:
    session.compare_with(recording("a;b;c 1\na;gone 6\n", "base.txt"))
    assert session.comparing
    assert session.colouring == BY_DIFFERENCE
    assert session.title == "base.txt → stacks.txt"
    assert session.tree is not None
    assert session.tree.base is not None
    node = session.tree.find(["a", "gone"])
    assert node is not None
    assert (int(session.tree.total[node]), int(session.tree.base[node])) == (0, 6)
    assert session.diff is not None
    assert {each.value: each.change for each in session.diff.by("function")}["c"] == 4
    session.set_normalised(True)
    assert session.diff.normalised
    session.swap()
    assert session.title == "stacks.txt → base.txt"
    session.compare_with(None)
    assert session.diff is None
    assert session.colouring == BY_SUBSYSTEM


def test_filters_count_for_both(session: RecordingSession) -> None:
    session.compare_with(recording("a;b;c 1\na;gone 6\n", "base.txt"))
    session.set_filter("comm = task-c")
    assert session.diff is not None
    assert (session.diff.base_total, session.diff.new_total) == (1, 5)


def test_only_weights_that_both_have_can_be_compared(session: RecordingSession) -> None:
    session.show(example("boot_dump"))
    assert session.weight == "pages"
    session.compare_with(recording(FOLDED))
    assert session.weights == ("records",)
    assert session.weight == "records"
    assert session.diff is not None


# -- reading ------------------------------------------------------------------------------------


def test_a_file_is_read_beside_the_window(qtbot: QtBot) -> None:
    session = RecordingSession()
    with qtbot.waitSignals(
        [session.reading_started, session.progressed, session.reading_ended,
         session.recording_changed], timeout=30_000,
    ):  # fmt: skip
        session.open(PATHS["boot_dump"])
        assert session.busy
    assert not session.busy
    direct = example("boot_dump").profile
    assert session.profile is not None
    assert direct is not None
    assert np.array_equal(session.profile.by_stack("pages"), direct.by_stack("pages"))
    assert session.recording is not None
    assert session.recording.format.name == "page_owner"


def test_what_cannot_be_read_leaves_what_was(
    qtbot: QtBot, session: RecordingSession, tmp_path: Path
) -> None:
    path = tmp_path / "nonsense"
    path.write_bytes(b"\x00\x01\x02 nothing that is known\n")
    with qtbot.waitSignal(session.failed, timeout=30_000) as got:
        session.open(path)
    assert "nonsense" in got.args[0]
    assert "no format" in got.args[0]
    assert session.title == "stacks.txt"
    assert not session.busy


def test_reading_can_be_given_up(qtbot: QtBot, session: RecordingSession) -> None:
    session.open(PATHS["boot_dump"])
    with qtbot.waitSignal(session.reading_ended):
        session.cancel()
    assert not session.busy
    assert session.title == "stacks.txt"
    with qtbot.assertNotEmitted(session.reading_ended):
        session.cancel()


def test_the_newest_file_is_the_one_that_is_read(qtbot: QtBot) -> None:
    session = RecordingSession()
    session.open(PATHS["boot_dump"])
    with qtbot.waitSignal(session.recording_changed, timeout=30_000):
        session.open(PATHS["recursion"])
    assert session.title == PATHS["recursion"].name


def test_two_files_are_read_one_after_the_other(qtbot: QtBot) -> None:
    session = RecordingSession()
    session.open_two(PATHS["recursion"], PATHS["guard_hits"])
    qtbot.waitUntil(lambda: session.comparing, timeout=30_000)
    assert session.title == f"{PATHS['recursion'].name} → {PATHS['guard_hits'].name}"


def test_a_base_is_compared_with_what_is_open(qtbot: QtBot, session: RecordingSession) -> None:
    with qtbot.waitSignal(session.recording_changed, timeout=30_000):
        session.open_base(PATHS["boot_dump"])
    assert session.base is not None
    assert session.title == f"{PATHS['boot_dump'].name} → stacks.txt"


def test_bad_lines_are_told(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "stacks.txt"
    path.write_text("a;b 5\na;c 3\na;b;d 2\n" * 20 + "nonsense without a count\n")
    session = RecordingSession()
    with qtbot.waitSignal(session.warned, timeout=30_000) as got:
        session.open(path)
    assert "1 line made no sense" in got.args[0]
    assert "line 61" in got.args[0]
    assert session.tree is not None
    assert session.tree.whole == 200


def test_a_packed_file_that_is_cut_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    whole = "".join(f"a;f{number * number};g{number} {number}\n" for number in range(1, 4_000))
    packed = gzip.compress(whole.encode())
    path = tmp_path / "stacks.txt.gz"
    path.write_bytes(packed[: len(packed) // 2])
    session = RecordingSession()
    with qtbot.waitSignal(session.warned, timeout=30_000) as got:
        session.open(path)
    assert "stacks.txt.gz: The file ends early" in got.args[0]
    assert session.tree is not None


def test_a_large_tree_is_worked_out_beside_the_window(
    qtbot: QtBot, session: RecordingSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.set_order("time")
    expected = tree_of(session)
    session.set_order("heavy")
    monkeypatch.setattr(recording_tree, "MOST_AT_ONCE", 0)
    session.set_order("time")
    with qtbot.waitSignal(session.tree_changed):
        assert session.tree is None
        assert session.growing
    assert not session.growing
    assert tree_of(session) == expected


def test_a_tree_that_nobody_wants_any_more_is_dropped(
    qtbot: QtBot, session: RecordingSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_tree, "MOST_AT_ONCE", 0)
    session.set_order("time")
    assert session.tree is None
    given_up = session._grower._under_way
    assert given_up is not None
    session.set_filter("comm = task-c")
    session._grower._take(given_up, given_up.done())
    assert session.tree is None
    with qtbot.waitSignal(session.tree_changed):
        pass
    assert tree_of(session) == {"": 5, "a": 5, "a;b": 5, "a;b;c": 5}


def test_a_trace_in_order_of_time_has_each_call_for_itself(qtbot: QtBot) -> None:
    session = RecordingSession()
    session.show(example("guard_hits"))
    trace = session.trace
    assert trace is not None
    session.set_order("time")
    assert session.tree is not None
    outermost = int((trace.parents[trace.positions(Kind.CALLED)] < 0).sum())
    shown = int(session.tree.levels[2] - session.tree.levels[1])
    assert outermost // 2 < shown <= outermost, "those that took no time have no width"
