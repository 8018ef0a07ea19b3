"""The scheduler's writers: whose bits they write, when, and what gets lost."""

from __future__ import annotations

from core.trace.events import Kind
from core.trace.explain import explain
from tests.contexts import Choosing
from tests.runs import bundled_run, run_scenario


def test_a_lost_update_names_both_writers_and_the_bits() -> None:
    trace = bundled_run("wrong-word")
    (at,) = (int(at) for at in trace.positions(Kind.LOST_UPDATE))
    site = trace.site(at)
    assert (site.fact("lost_by"), site.fact("kept_by")) == ("chrt/41", "sh/40")
    assert site.fact("field") == "sched_reset_on_fork"
    mask = trace.values[trace.argument(at)]
    fields = {field.name: field.bit_offset for field in trace.info.guard.word_fields}
    assert mask == 1 << fields["sched_reset_on_fork"]
    assert "chrt/41" in explain(trace, at)
    assert "sh/40" in explain(trace, at)


def test_in_the_word_that_only_current_writes_nothing_is_lost() -> None:
    trace = run_scenario("wrong-word", word="current")
    assert len(trace.positions(Kind.LOST_UPDATE)) == 0
    stores = [trace.site(int(at)) for at in trace.positions(Kind.FIELD_STORED)]
    assert [site.fact("field") for site in stores] == ["sched_reset_on_fork"]


def test_the_bit_can_be_left_set_for_ever() -> None:
    run = Choosing("wrong-word", {6: "cpu 1 chrt/41", 9: "cpu 0 sh/40"})
    assert {violation.property for violation in run.end.violations} == {
        "guard-clear",
        "no-lost-update",
    }
    assert run.machine.place is not None
    assert run.machine.place.value_of(run.machine.tasks[0].image.load()) == 1


def test_a_waker_writes_its_bit_only_where_the_sleeper_is_off_the_run_queue() -> None:
    trace = bundled_run("remote-wakeup")
    blocked = int(trace.positions(Kind.TASK_BLOCKED)[0])
    woken = int(trace.positions(Kind.TASK_WOKEN)[0])
    written = [
        int(at)
        for at in trace.positions(Kind.STORED)
        if trace.site(int(at)).fact("field") == "sched_remote_wakeup"
    ]
    assert len(written) == 1
    assert blocked < written[0] < woken


def test_a_task_that_is_still_awake_is_only_told_to_stay_so() -> None:
    run = Choosing("remote-wakeup", {4: "cpu 1 kworker/17"})
    kinds = [run.machine.recorder.sites[code & 0xFFFF] for code in run.machine.recorder.events]
    assert not any(site.fact("field") == "sched_remote_wakeup" for site in kinds)
    assert not any(site.kind is Kind.TASK_BLOCKED for site in kinds)
    assert run.end.outcome == "completed"


def test_without_the_rule_the_waker_meets_a_save() -> None:
    text_settings = {"rule": False}
    from core.explore.kernel_subject import KernelSubject
    from core.scenario.loader import open_scenario
    from core.scenario.run import plan

    subject = KernelSubject(plan(open_scenario("remote-wakeup"), text_settings))

    class Chooser:
        def choose(self, point: object) -> int:
            options = [subject.describe(o) for o in point.options]  # type: ignore[attr-defined]
            number = point.number  # type: ignore[attr-defined]
            return options.index("cpu 1 kworker/17") if number == 3 else 0

    end = subject.run(Chooser())
    assert [violation.property for violation in end.violations] == ["no-lost-update"]
    assert "sched_remote_wakeup" in end.violations[0].sentence


def test_a_child_has_its_parents_bits() -> None:
    trace = bundled_run("fork-inherits")
    (forked,) = (int(at) for at in trace.positions(Kind.TASK_FORKED))
    assert trace.argument(forked) == 2
    assert trace.info.tasks[2].parent == 0
    first_of_child = next(at for at in range(len(trace)) if trace.task_at(at) == 2)
    assert first_of_child > forked
    assert trace.info.guard.value_of(trace.word_at(first_of_child)) == 0


def test_a_stuck_bit_is_stuck_in_the_child() -> None:
    choices = {6: "cpu 1 chrt/41", 9: "cpu 0 sh/40"}
    first = Choosing("fork-inherits", choices, word="serialized")
    cleared = next(e.number for e in first.seen if e.what == "end" and e.number > 9)
    choices[cleared] = "cpu 1 chrt/41"
    run = Choosing("fork-inherits", choices, word="serialized")
    assert run.machine.place is not None
    values = [run.machine.place.value_of(task.image.load()) for task in run.machine.tasks]
    assert values[0] == values[2] == 1
    assert run.end.owners_lost["short-circuited though its task was in no save"] >= 2


def test_nobody_sleeps_through_a_wake_up() -> None:
    for number in range(12):
        run = Choosing("remote-wakeup")
        options = next((e.options for e in run.seen if e.number == number), ())
        switch = next((o for o in options if o.startswith("cpu")), None)
        if switch is not None:
            run = Choosing("remote-wakeup", {number: switch})
        assert run.end.outcome == "completed"
        assert run.machine.warnings == []
