"""Listings: every event, call and label of every run has its counterpart, in both directions."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from fnmatch import fnmatchcase
from itertools import pairwise

import pytest

from core.kernel.profile import load_profile
from core.trace import listings
from core.trace.events import Kind, Site
from core.trace.listings import label_of, listing_for
from core.trace.spots import spot_at
from core.trace.trace import Trace
from tests.core.swept import MACHINES, contexts, seen, sweep
from tests.runs import run_scenario

WIDEST_CHARACTERS = 60
LONGEST_LINES = 20
NEVER_HAPPENS = {
    *(("add_stack_record_to_list", label) for label in ("test", "scan", "flag")),
    ("save_stack", "flag"),
}
"""Declared with the guard's other lines; but this function sets the bit and never tests it, and
where the guard is a flag of the mask, __set_page_owner looks at it."""

AS_THE_LINE_BEFORE = (Kind.STOPPED, Kind.LOST_UPDATE)
"""What is shown at the last line that was reached."""


def text_at(trace: Trace, position: int, call: int | None = None) -> str:
    spot = spot_at(trace, position, call)
    assert spot is not None
    assert spot.line is not None
    return spot.listing.lines[spot.line - 1].text.strip()


# -- completeness -----------------------------------------------------------------------------


def test_every_event_has_its_line() -> None:
    assert len(sweep()) > 400
    assert len(contexts()) > 100
    missing = {
        (function.name, label, each.info.kernel)
        for each in seen()
        for function, kind, label in each.sites
        if listing_for(each.info, function.name).line_of(listed_label(kind, label)) is None
        and kind not in AS_THE_LINE_BEFORE
        and (function.name, label) not in NEVER_HAPPENS
    }
    assert not missing


def test_every_call_has_its_line() -> None:
    missing = {
        (outer, inner, each.info.kernel)
        for each in seen()
        for outer, inner in each.calls
        if listing_for(each.info, outer).call_line(inner) is None
    }
    assert not missing


@pytest.mark.parametrize(("kernel", "arch"), MACHINES)
def test_every_way_has_its_calls(kernel: str, arch: str) -> None:
    """Also those that no run takes."""
    info = run_scenario("quiet-kmalloc", kernel=kernel, arch=arch).info
    for path in load_profile(kernel, arch).paths.values():
        for outer, inner in pairwise(path):
            assert listing_for(info, outer).call_line(inner) is not None, (outer, inner)


def listed_label(kind: Kind, label: str) -> str:
    return label_of(Site(kind, 0, label, ""))


def test_no_label_is_dead() -> None:
    used: dict[str, set[str]] = defaultdict(set)
    offered: dict[str, set[str]] = defaultdict(set)
    for each in seen():
        for function, kind, label in each.sites:
            name = function.name
            made_up = "driver_op" if name.startswith("driver_op") else "handler"
            listed = made_up if function.source == "a driver" else name
            used[listed].add(listed_label(kind, label))
            lines = listing_for(each.info, name).lines
            offered[listed] |= {label for line in lines for label in line.labels}
    dead = {(name, label) for name in offered for label in offered[name] - used[name]}
    assert not dead


def test_every_section_is_used() -> None:
    names = {function.name for each in seen() for function in each.functions}
    names |= {name for machine in MACHINES for name in load_profile(*machine).functions}
    for section in listings._library().sections:
        assert any(section.describes(name) for name in names), section.names


def test_the_source_file_is_the_profiles() -> None:
    for each in seen():
        for function in each.functions:
            listing = listing_for(each.info, function.name)
            assert listing.known
            names = (listing.source, function.source)
            assert fnmatchcase(*names) or fnmatchcase(*reversed(names)), function


def test_listings_can_be_projected() -> None:
    listed = {listing_for(each.info, one.name) for each in seen() for one in each.functions}
    assert len(listed) > 150
    for listing in listed:
        lines = listing.lines
        assert 3 <= len(lines) <= LONGEST_LINES
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))
        assert "enter" in lines[0].labels
        assert "return" in lines[-1].labels
        assert all(len(line.text) <= WIDEST_CHARACTERS for line in lines), listing.function
        assert all(line.text.strip() for line in lines)
        labels = [label for line in lines for label in line.labels]
        assert len(labels) == len(set(labels)), listing.function


# -- variants ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guard", "depth", "labels", "test"),
    [
        ("none", 1, "enter walk fail return", ""),
        ("scan", 1, "enter walk scan fail return", ""),
        ("uint", 2, "enter test set walk fail clear return", "if (current->page_owner_depth >= 2)"),
        ("bit2", 1, "enter test set walk fail clear return", "if (current->page_owner_depth >= 1)"),
        ("bit1", 2, "enter test set walk fail clear return", "if (current->page_owner_depth >= 2)"),
        ("bit1", 1, "enter test set walk fail clear return", "if (current->in_page_owner)"),
        ("atomic", 1, "enter test set walk fail clear return",
         "if (atomic_read(&current->page_owner_depth) >= 1)"),
        ("percpu", 1, "enter test set walk fail clear return",
         "if (this_cpu_read(page_owner_depth) >= 1)"),
        ("gfp", 1, "enter walk fail return", ""),
    ],
)  # fmt: skip
def test_save_stack_differs_by_guard(guard: str, depth: int, labels: str, test: str) -> None:
    trace = run_scenario("mail-chain", guard=guard, max_depth=depth, budget_events=2000)
    listing = listing_for(trace.info, "save_stack")
    assert [label for line in listing.lines for label in line.labels] == labels.split()
    number = listing.line_of("test")
    assert (number is None) is (test == "")
    if number is not None:
        assert listing.lines[number - 1].text.strip() == test
        assert listing.exit_of("test") == number + 1


def test_ia64_builds_scripts_in_two_ways() -> None:
    mail = listing_for(run_scenario("mail-chain").info, "build_script")
    code = listing_for(run_scenario("ia64-as-coded").info, "build_script")
    assert mail.call_line("kmem_cache_alloc_trace") is not None
    assert mail.line_of("busy") is None
    assert code.line_of("busy") is not None
    assert code.call_line("desc_prologue") is not None


def test_the_depot_has_two_generations() -> None:
    slabs = listing_for(run_scenario("depot-growth").info, "__stack_depot_save")
    pools = listing_for(run_scenario("depot-growth", kernel="6.12").info, "stack_depot_save_flags")
    order = [[label for line in each.lines for label in line.labels] for each in (slabs, pools)]
    assert order[0].index("pool") < order[0].index("room")
    assert order[1].index("room") < order[1].index("pool")


def test_an_unknown_function_has_three_lines() -> None:
    listing = listing_for(run_scenario("mail-chain").info, "tcp_v4_rcv")
    assert not listing.known
    assert [line.labels for line in listing.lines] == [("enter",), (), ("return",)]
    assert listing.lines[0].text == "tcp_v4_rcv(...)"


# -- where a position stands --------------------------------------------------------------------


def test_before_the_first_event_there_is_no_spot() -> None:
    assert spot_at(run_scenario("mail-chain"), -1) is None


def test_the_mails_chain_line_by_line() -> None:
    trace = run_scenario("mail-chain")
    assert text_at(trace, 11) == "save_stack(gfp)"
    assert text_at(trace, 12) == text_at(trace, 13) == "if (current->in_page_owner)"
    assert text_at(trace, 14) == text_at(trace, 16) == "current->in_page_owner = 1"
    assert text_at(trace, 17) == "entries = stack_trace_save(up to 16)"
    assert text_at(trace, 103) == "return handle"


def test_a_short_circuit_returns_from_the_line_after_the_test() -> None:
    trace = run_scenario("mail-chain")
    assert trace.kind(35) is Kind.SHORT_CIRCUITED
    assert text_at(trace, 35) == "if (current->in_page_owner)"
    assert text_at(trace, 36).startswith("return dummy_handle")


def test_a_scan_returns_early_too() -> None:
    trace = run_scenario("depot-growth", guard="scan")
    hit = int(trace.short_circuits[0])
    assert text_at(trace, hit).startswith("if (entries has _RET_IP_)")
    assert text_at(trace, hit + 1).startswith("return dummy_handle")


def test_an_outer_frame_stands_at_its_call() -> None:
    trace = run_scenario("mail-chain")
    calls = trace.calls_at(35)
    names = trace.names_at(35)
    save = calls[names.index("save_stack")]
    assert text_at(trace, 35, save) == "entries = stack_trace_save(up to 16)"
    spot = spot_at(trace, 35, save)
    assert spot is not None
    assert spot.outer
    assert text_at(trace, 35, calls[names.index("build_script")]).startswith("region = kmalloc(")
    assert text_at(trace, 35, calls[0]).startswith("system_call(regs)")
    assert text_at(trace, 35, calls[-1]) == "if (current->in_page_owner)"


def test_lines_that_were_visited() -> None:
    trace = run_scenario("mail-chain")
    spot = spot_at(trace, 103)
    assert spot is not None
    visited = {spot.listing.lines[number - 1].text.strip() for number in spot.visited}
    assert visited == {
        "save_stack(gfp)",
        "if (current->in_page_owner)",
        "current->in_page_owner = 1",
        "entries = stack_trace_save(up to 16)",
        "handle = stack_depot_save(entries, gfp)",
        "current->in_page_owner = 0",
    }


def test_an_event_of_a_function_further_out() -> None:
    trace = run_scenario("depth-law")
    freed = int(trace.positions(Kind.PAGE_FREED)[-1])
    spot = spot_at(trace, freed)
    assert spot is not None
    assert spot.function.name == "free_unref_page"
    assert text_at(trace, freed) == "put page on the cpu's free list"


@pytest.mark.parametrize(
    ("scenario", "text"),
    [
        ("no-guard-overflow", "get_page_from_freelist(gfp, order)"),
        ("ia64-as-coded", "wait for its lock, or on a miss for unw.lock"),
    ],
)
def test_a_run_that_died_keeps_its_last_line(scenario: str, text: str) -> None:
    trace = run_scenario(scenario)
    last = len(trace) - 1
    assert trace.kind(last) is Kind.STOPPED
    spot = spot_at(trace, last)
    assert spot is not None
    assert spot.stopped
    assert text_at(trace, last) == text


def test_a_switch_shows_the_scheduler() -> None:
    trace = run_scenario("two-tasks")
    switch = int(trace.positions(Kind.TASK_SWITCHED)[0])
    assert text_at(trace, switch).startswith("context_switch(next)")


def test_an_interrupted_frame_stands_where_it_was() -> None:
    """Nothing in its listing calls an interrupt."""
    found = 0
    for trace in contexts()[:40]:
        for at in trace.positions(Kind.INTERRUPTED).tolist():
            calls = trace.calls_at(at + 1)
            if len(calls) < 2:
                continue
            spot = spot_at(trace, at + 1, calls[-2])
            before = spot_at(trace, at - 1)
            assert spot is not None
            assert spot.outer
            assert spot.line is not None
            if before is not None and before.function == spot.function:
                found += 1
                assert spot.line == before.line
    assert found > 20


def test_a_lost_update_is_shown_where_the_word_is_stored() -> None:
    losses = [(trace, trace.positions(Kind.LOST_UPDATE).tolist()) for trace in contexts()]
    shown = {text_at(trace, at) for trace, positions in losses for at in positions}
    assert shown
    assert shown <= {"p's bits = word", "current->in_page_owner = 1", "current->in_page_owner = 0"}


def test_the_serialized_word_is_remarked_on() -> None:
    texts = {
        trace.info.guard.word: [line.text for line in listing_for(trace.info, "save_stack").lines]
        for trace in contexts()
        if trace.info.guard.design == "bit1"
    }
    assert any("scheduler's bits" in text for text in texts["serialized"])
    assert not any("scheduler's bits" in text for text in texts["current"])


def test_interrupts_off_and_on_are_two_lines() -> None:
    trace = next(each for each in contexts() if each.info.kernel == "5.12")
    off = trace.positions(Kind.IRQS_OFF).tolist()
    on = trace.positions(Kind.IRQS_ON).tolist()
    saves = [at for at in off if trace.function(at).name == "___slab_alloc"]
    assert "local_irq_save" in text_at(trace, saves[0])
    opened = [text_at(trace, at) for at in on]
    assert "if (gfp may wait) local_irq_enable()" in opened


def test_reading_needs_no_numpy() -> None:
    code = "import sys, core.trace.spots; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
