"""Interrupts counted, lost updates named, and pages without an owner by reason."""

from __future__ import annotations

from io import StringIO
from typing import Any

import msgspec
import numpy as np
from rich.console import Console

from core.commands.story import tell
from core.errors import ScenarioError
from core.scenario.contexts import LOSSES, LostUpdate, interrupt_counts, lost_updates, owners_lost
from core.scenario.report import report
from core.trace.events import SITE_BITS, Function, Kind
from core.trace.info import GuardInfo, InterruptInfo, LayoutInfo, TaskInfo, TraceInfo
from core.trace.recorder import Recorder
from core.trace.trace import Trace
from tests.core.scenario.two_cpus import two_cpus
from tests.runs import bundled_run, counts, run_scenario

SUBSYSTEMS = {"save_stack": "page_owner", "__set_page_owner": "page_owner", "nic_irq": "interrupt"}
INFO = TraceInfo(
    scenario="made-up",
    kernel="6.1",
    arch="x86_64",
    unwinder="orc",
    guard=GuardInfo("bit1", 1, "in_page_owner", 8, 4, 3, 1, word="serialized"),
    layout=LayoutInfo("made-up", "made up", 64),
    thread_bytes=16384,
    page_bytes=4096,
    tasks=(TaskInfo(40, "sh"), TaskInfo(17, "kworker", cpu=1)),
    cpus=2,
    interrupts=(InterruptInfo("nic", "hard"), InterruptInfo("tick", "timer")),
)


def made(*events: str) -> Trace:
    """A run of events: ``+f`` calls, ``-f`` returns, others are below."""
    recorder = Recorder()

    def add(kind: Kind, name: str, argument: int = 0, **facts: str) -> None:
        function = Function(name, SUBSYSTEMS.get(name, "caller"), 16)
        site = recorder.site(kind, function, "", "{function}", facts=facts.items())
        recorder.events.append(site | argument << SITE_BITS)

    for event in events:
        name = event[1:]
        match event[0]:
            case "+":
                add(Kind.CALLED, name)
            case "-":
                add(Kind.RETURNED, name)
            case "!":
                add(Kind.INTERRUPTED, "nic_irq", int(name))
            case "o":
                lost = {"lost": "yes" if name in ("1", "2") else "no"}
                add(Kind.OWNER_HANDLE, "__set_page_owner", int(name), **lost)
            case "x":
                facts = {"of": "1", "field": "in_page_owner", "lost_by": "kworker/17"}
                mask = recorder.value_number(8)
                add(Kind.LOST_UPDATE, "set_task", mask, **facts, kept_by="sh/40 in interrupt nic")
    events_of = np.array(recorder.events, np.uint32)
    values, wide = recorder.values, recorder.wide
    return Trace(events_of, recorder.sites, recorder.functions, values, wide, INFO)


def lost(design: int = 0, interrupt: int = 0, false_hit: int = 0, depot: int = 0) -> dict[str, int]:
    return {"design": design, "interrupt": interrupt, "false_hit": false_hit, "depot": depot}


IN_A_SAVE = ("+__set_page_owner", "+save_stack", "+kmalloc")


def test_the_owner_of_a_page_is_lost_by_design_in_a_save_in_a_save() -> None:
    trace = made(*IN_A_SAVE, "+__set_page_owner", "o1")
    assert owners_lost(trace) == lost(design=1)


def test_it_is_lost_to_an_interrupt_where_that_came_between_the_saves() -> None:
    trace = made(*IN_A_SAVE, "!0", "+nic_irq", "+kmalloc", "+__set_page_owner", "o1")
    assert owners_lost(trace) == lost(interrupt=1)


def test_a_save_in_the_interrupts_own_save_is_by_design() -> None:
    trace = made("!0", "+nic_irq", *IN_A_SAVE, "+__set_page_owner", "o1")
    assert owners_lost(trace) == lost(design=1)


def test_a_hit_without_any_save_further_out_is_false() -> None:
    trace = made("+kmalloc", "+__set_page_owner", "o1")
    assert owners_lost(trace) == lost(false_hit=1)
    trace = made("!0", "+nic_irq", "+__set_page_owner", "o1")
    assert owners_lost(trace) == lost(false_hit=1)


def test_what_the_depot_refused_is_no_fault_of_the_guard() -> None:
    trace = made("!0", "+nic_irq", "+__set_page_owner", "o2", "o5")
    assert owners_lost(trace) == lost(depot=1)


def test_the_reasons_add_up_to_the_count_of_a_run() -> None:
    for name in ("mail-chain", "depot-failure", "quiet-kmalloc"):
        trace = bundled_run(name)
        assert sum(owners_lost(trace).values()) == counts(trace)["owner_lost"]
    failed = owners_lost(bundled_run("depot-failure"))
    assert failed["depot"] > 0
    assert failed["interrupt"] == 0


def test_interrupts_are_counted_by_name() -> None:
    assert interrupt_counts(made("!0", "!0")) == {"nic": 2, "tick": 0}
    assert interrupt_counts(bundled_run("mail-chain")) == {}


def test_a_lost_update_names_both_writers() -> None:
    trace = made("+kmalloc", "x", "x")
    first = LostUpdate(1, "kworker/17", "in_page_owner", "kworker/17", "sh/40 in interrupt nic", 8)
    assert lost_updates(trace)[0] == first
    assert len(lost_updates(trace)) == 2
    assert len(lost_updates(trace, 1)) == 1


def test_the_report_tells_of_cpus_and_interrupts() -> None:
    data = report(made(*IN_A_SAVE, "!0", "+nic_irq", "+__set_page_owner", "o1", "x"))
    assert (data["schema"], data["cpus"], data["interrupts"]) == (1, 2, {"nic": 1, "tick": 0})
    assert data["owners_lost"] == lost(interrupt=1)
    assert data["lost_updates"] == [
        {
            "event": 7,
            "of": "kworker/17",
            "field": "in_page_owner",
            "lost_by": "kworker/17",
            "kept_by": "sh/40 in interrupt nic",
            "bits": 8,
        }
    ]
    assert (data["guard"]["word"], data["guard"]["per_cpu"]) == ("serialized", False)
    msgspec.json.encode(data)


def test_a_run_on_one_cpu_has_nothing_of_it() -> None:
    data = report(run_scenario("mail-chain"))
    assert (data["cpus"], data["interrupts"], data["lost_updates"]) == (1, {}, [])


def told(trace: Trace) -> str:
    console = Console(file=StringIO(), width=200)
    tell(trace, "Made up", False, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_story_names_guard_word_and_what_came_between() -> None:
    said = told(made(*IN_A_SAVE, "!0", "+nic_irq", "+__set_page_owner", "o1", "x"))
    assert "One bit turns the nested call back" in said
    assert "in the word that other CPUs write under the scheduler's locks" in said
    assert "2 CPUs, interrupts: nic 1, tick 0" in said
    assert (
        "lost update at event 7: sh/40 in interrupt nic stored the word of kworker/17 as it was "
        "before kworker/17 wrote in_page_owner"
    ) in said
    assert f"1 owner lost: {LOSSES['interrupt']}" in said


def test_the_story_of_one_cpu_is_silent_about_others() -> None:
    said = told(bundled_run("mail-chain"))
    assert "CPU" not in said
    assert "lost:" not in said


def test_many_lost_updates_are_not_all_told() -> None:
    said = told(made("+kmalloc", *["x"] * 14))
    assert said.count("lost update at event") == 10
    assert "… and 4 more lost updates" in said


def every_switch(**overrides: Any) -> list[Trace]:
    """Runs in which the second CPU takes its turn at one point after the other."""
    traces = []
    for point in range(40):
        try:
            traces.append(two_cpus(f"{point} cpu 1", **overrides))
        except ScenarioError:
            continue
    assert len(traces) > 3
    return traces


def test_a_switch_between_load_and_store_loses_the_others_write() -> None:
    data = [report(trace) for trace in every_switch()]
    lost_by = {update["lost_by"] for each in data for update in each["lost_updates"]}
    fields = {update["field"] for each in data for update in each["lost_updates"]}
    assert (lost_by, fields) == ({"chrt/41"}, {"sched_reset_on_fork"})
    assert all(each["cpus"] == 2 for each in data)


def test_a_switch_between_the_others_load_and_store_leaves_the_guard_set() -> None:
    trace = two_cpus("5 cpu 1", "8 cpu 0")
    data = report(trace)
    assert data["guard"]["left_set"] == ["sh/40"]
    (update,) = data["lost_updates"]
    assert (update["lost_by"], update["kept_by"]) == ("sh/40", "chrt/41")
    assert update["field"] == "in_page_owner"
    said = told(trace)
    assert "chrt/41 stored the word of sh/40 as it was before sh/40 wrote in_page_owner" in said
    assert "guard left set: of sh/40, though no save is under way any more" in said


def test_in_the_strictly_current_word_nothing_is_lost() -> None:
    for trace in every_switch(word="current"):
        data = report(trace)
        assert (data["lost_updates"], data["guard"]["left_set"]) == ([], [])
        assert data["guard"]["word"] == "current"
