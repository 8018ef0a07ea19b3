"""What is compared, how lanes are run, and where the one cursor goes."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from core.compare.lanes import PRESETS, Lane
from gui.compare_session import CompareSession
from gui.runner import Runner
from gui.session import Session
from tests.gui.compare_stands import THREE, compared, settled
from tests.gui.stands import EVERYTHING_AT_ONCE


@pytest.fixture
def three(qtbot: QtBot) -> CompareSession:
    return compared(qtbot)


def main_of(session: CompareSession) -> Session:
    return session._session


def outcomes(session: CompareSession) -> list[str]:
    return [trace.info.outcome for trace in session.traces]


def test_comparing_begins_with_what_is_open_and_the_mails_three(qtbot: QtBot) -> None:
    main = Session(Runner())
    assert main.open("mail-chain")
    assert main.override(max_depth=2)
    session = CompareSession(main)
    assert session.lanes == PRESETS[0].lanes
    assert not session.traces
    with qtbot.waitSignal(session.traces_changed):
        session.follow(True)
    assert session.labels == ("unsigned int", "1-bit field", "2-bit field")
    assert outcomes(session) == ["completed", "stack_overflow", "completed"]
    assert [trace.info.guard.max_depth for trace in session.traces] == [2, 2, 2]


def test_it_opens_where_the_lanes_part(three: CompareSession) -> None:
    assert three.alignment is not None
    (parting,) = three.alignment.partings
    assert three.moment == parting.moment
    assert three.parted
    assert [view.position for view in three.views] == list(
        three.alignment.positions_at(parting.moment)
    )


def test_all_lanes_move_with_the_moment(qtbot: QtBot, three: CompareSession) -> None:
    assert three.alignment is not None
    with qtbot.waitSignal(three.moment_changed) as got:
        three.seek(20)
    assert got.args == [20]
    assert [view.position for view in three.views] == list(three.alignment.positions_at(20))
    names = [[frame.function.name for frame in view.frames()] for view in three.views]
    assert names[0] == names[1] == names[2] != []
    assert not three.parted


def test_a_move_in_one_lane_moves_all(three: CompareSession) -> None:
    three.views[1].seek(100)
    assert three.views[1].position == 100
    assert three.alignment is not None
    assert three.moment == three.alignment.moment_of(1, 100)
    assert three.views[0].position == three.alignment.positions_at(three.moment)[0]


def test_a_lane_that_is_over_waits(three: CompareSession) -> None:
    assert three.alignment is not None
    three.seek(three.alignment.moments - 1)
    assert three.views[1].ended
    assert three.waits(1)
    assert not three.waits(0)


def test_the_cursor_stays_at_the_parting_when_a_lane_changes(
    qtbot: QtBot, three: CompareSession
) -> None:
    with qtbot.waitSignal(three.traces_changed):
        assert three.change_lane(2, guard="uint", max_depth=3)
    assert three.alignment is not None
    assert three.moment == three.alignment.partings[0].moment
    three.seek(5)
    with qtbot.waitSignal(three.traces_changed):
        assert three.change_lane(2, max_depth=2)
    assert three.moment == 5
    three.seek(three.alignment.moments - 1)
    with qtbot.waitSignal(three.traces_changed):
        assert three.change_lane(2, max_depth=1)
    assert three.moment == three.alignment.moments - 1


def test_lanes_come_and_go(qtbot: QtBot, three: CompareSession) -> None:
    with qtbot.waitSignals([three.lanes_changed, three.traces_changed]):
        assert three.add_lane()
    assert len(three.views) == 4
    assert three.lanes[3] == three.lanes[2]
    assert three.labels[2:] == ("2-bit field (1)", "2-bit field (2)")
    assert not three.add_lane()
    first = three.views[0]
    with qtbot.waitSignal(three.traces_changed):
        assert three.remove_lane(0)
    assert three.lanes == (THREE[1], THREE[2], THREE[2])
    assert three.views[0] is first
    assert three.remove_lane(0)
    settled(qtbot, three)
    assert not three.remove_lane(0)
    assert len(three.views) == 2
    with pytest.raises(ValueError, match="2 to 4"):
        three.set_lanes(THREE[:1])


def test_only_lanes_that_are_new_are_run(qtbot: QtBot, three: CompareSession) -> None:
    before = three.traces
    with qtbot.waitSignal(three.traces_changed):
        three.change_lane(1, max_depth=1)
    assert three.traces[0] is before[0]
    assert three.traces[2] is before[2]
    assert three.traces[1] is not before[1]
    assert outcomes(three) == ["completed"] * 3


def test_run_again_runs_all_lanes(qtbot: QtBot, three: CompareSession) -> None:
    before = three.traces
    three.seek(7)
    with qtbot.waitSignal(three.traces_changed):
        three.rerun()
    assert three.moment == 7
    assert all(now is not then for now, then in zip(three.traces, before, strict=True))


def test_a_lane_that_cannot_be_leaves_what_was_there(qtbot: QtBot, three: CompareSession) -> None:
    before = three.traces, three.lanes
    with qtbot.waitSignal(three.failed) as got:
        assert not three.change_lane(1, kernel="6.12")
    assert "ia64" in got.args[0]
    assert not got.args[0].startswith("--")
    assert (three.traces, three.lanes) == before
    assert not three.busy


def test_every_preset_can_be_chosen(qtbot: QtBot, three: CompareSession) -> None:
    for preset in PRESETS:
        with qtbot.waitSignal(three.traces_changed):
            assert three.choose_preset(preset.name)
        assert three.lanes == preset.lanes
        assert len(three.traces) == len(preset.lanes)


def test_it_follows_live_only_while_it_is_looked_at(qtbot: QtBot, three: CompareSession) -> None:
    main = main_of(three)
    with qtbot.waitSignal(three.traces_changed):
        assert main.open("depot-growth")
    assert three.traces[0].info.scenario == "depot-growth"
    three.follow(False)
    with qtbot.assertNotEmitted(three.traces_changed):
        assert main.open("mail-chain")
    assert three.traces[0].info.scenario == "depot-growth"
    with qtbot.waitSignal(three.traces_changed):
        three.follow(True)
    assert three.traces[0].info.scenario == "mail-chain"
    with qtbot.assertNotEmitted(three.traces_changed):
        three.follow(True)


def test_what_changed_while_nobody_looked_ends_the_run_under_way(
    qtbot: QtBot, long: CompareSession
) -> None:
    main = main_of(long)
    with qtbot.waitSignal(long.run_started, timeout=20_000):
        long.set_lanes((Lane("uint", 2), Lane("uint", 3)))
    long.follow(False)
    assert main.open("depot-growth")
    with qtbot.waitSignal(long.traces_changed, timeout=20_000):
        long.follow(True)
    assert long.traces[0].info.scenario == "depot-growth"
    assert not long.busy


def test_without_a_scenario_nothing_is_compared(qtbot: QtBot) -> None:
    session = CompareSession(Session(Runner()))
    with qtbot.assertNotEmitted(session.failed):
        session.follow(True)
    assert not session.set_lanes(THREE)
    assert not session.traces
    assert not session.busy


def test_parameters_of_live_count_in_all_lanes(qtbot: QtBot) -> None:
    session = compared(qtbot, (Lane("uint", 1), Lane("uint", 2)), "depth-law")
    before = [len(trace) for trace in session.traces]
    with qtbot.waitSignal(session.traces_changed):
        assert main_of(session).set_parameter("events", 20)
    assert all(now > then for now, then in zip(map(len, session.traces), before, strict=True))


def test_a_lane_gives_up_a_kernel_that_another_scenario_cannot_be_on(qtbot: QtBot) -> None:
    session = compared(qtbot, (Lane("uint", 1, "6.12"), Lane("uint", 2, "6.1")), "depth-law")
    failures: list[str] = []
    session.failed.connect(failures.append)
    with qtbot.waitSignal(session.traces_changed):
        assert main_of(session).open("mail-chain")
    assert session.lanes == (Lane("uint", 1), Lane("uint", 2))
    assert session.traces[0].info.arch == "ia64"
    assert not failures


def test_essential_frames_are_the_same_choice_as_in_live(
    qtbot: QtBot, three: CompareSession
) -> None:
    main = main_of(three)
    main.set_essential_only(True)
    assert three.cursor.essential_only
    assert all(view.essential_only for view in three.views)
    three.seek(-1)
    three.step(1)
    moments = three.cursor.trace
    assert moments is not None
    assert three.moment == int(moments.essential[0])
    three.cursor.set_essential_only(False)
    assert not main.essential_only


# -- long runs ----------------------------------------------------------------------------


@pytest.fixture
def long(qtbot: QtBot) -> CompareSession:
    """Two lanes on a scenario that a runner of few events sends to the worker."""
    main = Session(Runner(probe_events=EVERYTHING_AT_ONCE))
    assert main.open("mail-chain")
    session = CompareSession(main, Runner(probe_events=EVERYTHING_AT_ONCE))
    main.setParent(session)
    session.lanes = (Lane("uint", 1), Lane("uint", 2))
    session.follow(True)
    settled(qtbot, session)
    session._runs._runner._probe_events = 50
    return session


def test_long_lanes_run_in_the_worker_one_after_another(qtbot: QtBot, long: CompareSession) -> None:
    started: list[int] = []
    ended: list[int] = []
    long.run_started.connect(lambda: started.append(1))
    long.run_ended.connect(lambda: ended.append(1))
    with qtbot.waitSignal(long.traces_changed, timeout=20_000):
        assert long.set_lanes((Lane("uint", 2), Lane("uint", 3), Lane("bit2", 3)))
        assert long.busy
        assert long.lanes[1] == Lane("uint", 3)
    assert (len(started), len(ended)) == (1, 1)
    assert [trace.info.guard.max_depth for trace in long.traces] == [2, 3, 3]


def test_cancelling_leaves_what_was_there(qtbot: QtBot, long: CompareSession) -> None:
    before = long.traces, long.lanes
    with qtbot.waitSignal(long.run_started, timeout=20_000):
        long.set_lanes((Lane("uint", 2), Lane("uint", 3)))
    with qtbot.waitSignals([long.run_ended, long.lanes_changed]):
        long.cancel()
    assert (long.traces, long.lanes) == before
    assert not long.busy


def test_cancelling_another_scenario_keeps_the_plans_of_this_one(
    qtbot: QtBot, long: CompareSession
) -> None:
    main = main_of(long)
    with qtbot.waitSignal(long.run_started, timeout=20_000):
        assert main.open("depot-growth")
    long.cancel()
    assert long.traces[0].info.scenario == "mail-chain"
    assert long.plans[0].scenario.name == "mail-chain"


def test_a_worker_that_fails_says_which_lane(qtbot: QtBot, long: CompareSession) -> None:
    before = long.traces
    with qtbot.waitSignal(long.run_started, timeout=20_000):
        long.set_lanes((Lane("uint", 1), Lane("uint", 3)))
    with qtbot.waitSignal(long.failed) as got:
        long._runs._runner.failed.emit("it broke")
    assert got.args == ["lane B: it broke"]
    assert long.traces == before
    assert not long.busy
