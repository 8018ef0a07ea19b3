"""What lanes come to: the measures, the sentence that sums them up, and the tables to paste."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from core.compare.costs import UNKNOWN, added_task_bytes
from core.compare.differences import MEASURES, Difference, Measure, differences
from core.compare.lanes import Lane, lanes_of, preset
from core.compare.run import Comparison, compare
from core.compare.summary import summary
from core.compare.tables import as_csv, as_markdown
from core.scenario.loader import open_scenario
from core.scenario.report import report
from core.scenario.run import Overrides
from tests.core.compare.lanes import guarded
from tests.core.scenario.two_cpus import two_cpus
from tests.runs import run_scenario

RANDOM_KERNEL = Path(__file__).parents[2] / "data" / "btf" / "arm64-rand1.btf"
"""A kernel in whose task_struct the unsigned int costs a cache line, and a bit nothing."""

WITH_OWN_GUARD = """\
struct task_struct {
	unsigned int               state;                /*     0     4 */
	unsigned int               sched_remote_wakeup:1; /*     4: 0  4 */
	unsigned int               in_memstall:1;        /*     4: 1  4 */
	unsigned int               in_page_owner:1;      /*     4: 2  4 */
	void *                     stack;                /*     8     8 */
	void *                     kretprobe_instances;  /*    16     8 */
	struct thread_struct       thread;               /*    24   104 */

	/* size: 128, cachelines: 2, members: 7 */
	/* sum members: 124, holes: 0, sum holes: 0 */
	/* sum bitfield members: 3 bits, bit holes: 1, sum bit holes: 29 bits */
};
"""

ONLY_OWN_GUARD = """\
struct task_struct {
	long unsigned int          state;                /*     0     8 */
	unsigned int               in_page_owner:1;      /*     8: 0  4 */

	/* XXX 31 bits hole, try to pack */

	unsigned int               flags;                /*    12     4 */
	unsigned int               ptrace;               /*    16     4 */
	unsigned int               cpu;                  /*    20     4 */
	unsigned int               prio;                 /*    24     4 */

	/* XXX 4 bytes hole, try to pack */

	void *                     kretprobe_instances;  /*    32     8 */

	/* size: 40, cachelines: 1, members: 7 */
	/* sum members: 32, holes: 1, sum holes: 4 */
	/* sum bitfield members: 1 bits, bit holes: 1, sum bit holes: 31 bits */
};
"""


def compared(name: str, *lanes: Lane, layout: str | None = None) -> Comparison:
    return compare(open_scenario(name), {}, lanes, Overrides(layout=layout))


def values(rows: tuple[Difference, ...]) -> dict[str, tuple[object, ...]]:
    return {row.measure: row.values for row in rows}


# -- the measures -----------------------------------------------------------------------------


def test_each_level_doubles_the_saves() -> None:
    found = values(compared("depth-law", *lanes_of(["uint"], [1, 2, 3, 4])).differences)
    events = 8
    assert found["save_stack_calls"] == tuple(events * (2 ** (n + 1) - 1) for n in (1, 2, 3, 4))
    assert found["guard_hits"] == tuple(events * 2**n for n in (1, 2, 3, 4))
    assert found["unwinds"] == tuple(events * (2**n - 1) for n in (1, 2, 3, 4))
    assert found["deepest_recursion"] == (1, 2, 3, 4)


def test_the_mails_chain_gives_one_overflow_and_three_completions() -> None:
    found = values(compared("mail-chain", *lanes_of(["scan", "uint", "bit1", "bit2"])).differences)
    assert found["outcome"] == ("stack_overflow", "completed", "completed", "completed")
    assert found["task_struct_bytes"][0] is None


def test_the_measures_are_those_of_the_report() -> None:
    traces = guarded("depot-growth", "scan", "bit1")
    found = values(differences(traces))
    for lane, trace in enumerate(traces):
        told = report(trace)
        assert found["outcome"][lane] == told["outcome"]
        assert found["owners_lost"][lane] == told["counts"]["owner_lost"]
        assert found["peak_stack_bytes"][lane] == told["stack"]["peak_bytes"]
        assert found["simulated_ns"][lane] == told["simulated_ns"]
        pools = told["counts"]["depot_pools"]
        assert found["depot_pages"][lane] in (4 * pools, 4 * (pools + 1)), "with or without a spare"
        for name in ("save_stack_calls", "unwinds", "frames_unwound", "guard_hits"):
            assert found[name][lane] == told["counts"][name]


def test_what_goes_wrong_between_contexts_is_told_where_there_are_several() -> None:
    alone = {row.measure for row in differences(guarded("depot-growth", "bit1"))}
    assert not alone & {"lost_updates", "guards_left_set"}
    words = ("current", "serialized")
    traces = [two_cpus("5 cpu 1", "8 cpu 0", word=word) for word in words]
    found = {row.measure: row for row in differences(traces)}
    assert found["lost_updates"].values == (0, 1)
    assert found["guards_left_set"].values == (0, 1)
    assert found["guard_instructions"].values == (9, 9), "the other's accesses are not its own"


def test_what_differs_comes_first_each_part_by_importance() -> None:
    rows = differences(guarded("depot-growth", "scan", "bit1"))
    importance = [about.measure for about in MEASURES]
    assert [row.differs for row in rows] == sorted((row.differs for row in rows), reverse=True)
    for part in (True, False):
        shown = [row.measure for row in rows if row.differs is part]
        assert shown == [name for name in importance if name in shown]
        assert shown
    assert all(row.differs is (len(set(row.values)) > 1) for row in rows)


# -- what the field costs ----------------------------------------------------------------------


def test_a_field_that_costs_a_cache_line() -> None:
    found = compared(
        "depth-law", Lane("uint", 1), Lane("bit1", 1), Lane("none", 1), layout=str(RANDOM_KERNEL)
    )
    first = {row.measure: row for row in found.differences}["task_struct_bytes"]
    assert first.values == (64, 0, None)
    assert first.texts == ("64", "0", "none")


def test_what_an_alternative_adds_to_task_struct() -> None:
    lanes = [Lane(guard, 1) for guard in ("atomic", "percpu", "gfp")]
    found = compared("depot-growth", *lanes, layout=str(RANDOM_KERNEL))
    first = {row.measure: row for row in found.differences}["task_struct_bytes"]
    assert first.values == (64, None, None)


def test_what_the_layout_has_lost_is_told_as_an_interval(tmp_path: Path) -> None:
    path = tmp_path / "task.txt"
    path.write_text(WITH_OWN_GUARD)
    found = compared("depth-law", *preset("storages").lanes, layout=str(path))
    # The 1-bit field is the kernel's own in_page_owner here.
    assert values(found.differences)["task_struct_bytes"] == ("8 to 128", 0, 0)
    assert "8 to 128 bytes with unsigned int" in found.summary


def test_the_kernels_own_bit_is_what_a_field_of_one_bit_costs(tmp_path: Path) -> None:
    path = tmp_path / "task.txt"
    path.write_text(ONLY_OWN_GUARD)
    # Nothing says where a further bit would go, and none is asked for.
    found = compared("depth-law", Lane("bit1", 1), layout=str(path))
    assert values(found.differences)["task_struct_bytes"] == (8,)


def test_a_file_that_has_changed_is_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "task.txt"
    path.write_text(WITH_OWN_GUARD)
    first = compared("depth-law", Lane("uint", 1), layout=str(path)).differences
    pointer = "void *                     kretprobe_instances;  /*    16     8 */"
    hole = "int                        kretprobe_instances;  /*    16     4 */"
    changed = WITH_OWN_GUARD.replace(pointer, hole).replace(
        "members: 124, holes: 0, sum holes: 0", "members: 120, holes: 1, sum holes: 4"
    )
    path.write_text(changed)
    second = compared("depth-law", Lane("uint", 1), layout=str(path)).differences
    told = [values(rows)["task_struct_bytes"] for rows in (first, second)]
    assert told == [("8 to 128",), (0,)]


def test_a_file_is_only_found_by_the_plan() -> None:
    found = compared("depth-law", Lane("uint", 1), layout=str(RANDOM_KERNEL))
    assert added_task_bytes(found.traces[0], found.plans[0]) == 64
    assert added_task_bytes(found.traces[0]) == UNKNOWN
    assert added_task_bytes(run_scenario("depth-law", guard="uint")) == 0


# -- the sentence -----------------------------------------------------------------------------


def test_the_sentence_tells_the_outcomes_first() -> None:
    found = compared("mail-chain", *lanes_of(["scan", "uint", "bit1", "bit2"]))
    assert found.summary == (
        "Backtrace scan overflows the stack; the other three complete. "
        "Those that complete cost the same and lose 1 owner each."
    )


def test_the_sentence_tells_what_a_level_costs() -> None:
    assert compared("depth-law", *lanes_of(["uint"], [1, 3])).summary == (
        "Both complete. Depth 3 needs 7 times the unwinds of depth 1; "
        "owners lost: 8 with depth 1, 32 with depth 3."
    )


def test_the_sentence_does_not_weigh_what_died() -> None:
    found = compared("smp-depth-two", *lanes_of(["uint"], [1, 2, 3]))
    assert found.summary == "Depth 2 and depth 3 deadlock; depth 1 completes."


def test_the_sentence_about_the_same() -> None:
    found = compared("depth-law", *lanes_of(["uint", "uint"], [1]))
    assert found.summary == "Both complete. They come to the same in every measure."
    alone = compared("depth-law", Lane("bit1", 2))
    assert alone.summary == "1-bit field overflows the stack. There is nothing to compare it with."


def test_the_sentence_about_task_struct() -> None:
    found = compared("depth-law", Lane("uint", 1), Lane("bit1", 1), layout=str(RANDOM_KERNEL))
    assert found.summary == (
        "Both complete. Added to task_struct: 64 bytes with unsigned int, 0 bytes with 1-bit field."
    )


def rows(**measured: tuple[int | str | None, ...]) -> tuple[Difference, ...]:
    n_lanes = len(measured["outcome"])
    everything: dict[str, tuple[int | str | None, ...]] = {
        about.measure: (0,) * n_lanes for about in MEASURES
    }
    return tuple(
        Difference(about, own, len(set(own)) > 1)
        for about in MEASURES
        for own in [(everything | measured)[about.measure]]
    )


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        ({"unwinds": (5, 0)}, "Both complete. A needs 5 of the unwinds, b none."),
        ({"unwinds": (1000, 1001)}, "Both complete. B needs 0.1% more of the unwinds of a."),
        ({"simulated_ns": (30, 12)}, "Both complete. A needs 2.5 times the simulated time of b."),
        ({"owners_lost": (0, 1200)}, "Both complete. Owners lost: 0 with a, 1,200 with b."),
        ({"peak_stack_bytes": (1, 2)}, "Both complete."),
        ({"lost_updates": (0, 2)}, "Both complete. Lost updates: 0 with a, 2 with b."),
        ({"guards_left_set": (1, 0)}, "Both complete. Guards left set: 1 with a, 0 with b."),
        ({"task_struct_bytes": (UNKNOWN, 4)}, "Both complete. Added to task_struct: not known"),
        ({"outcome": ("completed", "out_of_memory")}, "B runs out of memory; a completes."),
        ({"outcome": ("lost_interest",) * 2}, "Both end with lost interest."),
    ],
)
def test_sentences(measured: dict[str, tuple[int | str | None, ...]], expected: str) -> None:
    told = summary(["a", "b"], rows(**({"outcome": ("completed",) * 2} | measured)))
    assert told.startswith(expected)


def test_names_with_commas_do_not_run_into_each_other() -> None:
    told = summary(
        ["a, one", "b, two, x", "c"], rows(outcome=("completed",) * 3, owners_lost=(1, 1, 0))
    )
    assert told == "All three complete. Owners lost: 1 with a (one) and b (two, x), 0 with c."


# -- tables -----------------------------------------------------------------------------------


SOME = (
    Difference(Measure("outcome", "outcome"), ("completed", "stack_overflow"), True),
    Difference(Measure("peak", "peak", "bytes", inferred=True), (12345, None), True),
    Difference(Measure("pools", "pools"), (1, 1), False),
)


def test_markdown_lines_up_as_text_too() -> None:
    assert as_markdown(["a|b", "c"], SOME) == (
        "|                        |      a\\|b |              c |\n"
        "| ---------------------- | --------: | -------------: |\n"
        "| outcome                | completed | stack overflow |\n"
        "| peak (bytes, inferred) |    12,345 |           none |\n"
        "| pools                  |         1 |              1 |\n"
    )


def test_csv_is_read_back() -> None:
    table = list(csv.DictReader(io.StringIO(as_csv(['depth 1, "new"', "c"], SOME))))
    assert [row["measure"] for row in table] == ["outcome", "peak", "pools"]
    assert [row["differs"] for row in table] == ["yes", "yes", "no"]
    assert table[1]['depth 1, "new"'] == "12345"
    assert table[1]["c"] == ""
    assert table[0]["c"] == "stack_overflow"
