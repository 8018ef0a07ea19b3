"""Guard hits are found from structure alone, and only where a file can show them."""

from __future__ import annotations

import pytest

from core.recording.questions.recursion import recursions
from core.trace.events import Kind
from core.trace.save_tree import Outcome, save_tree
from core.trace.trace import Trace
from tests.core.recording.graph_text import read_graph
from tests.core.recording.text_recordings import sample

BOOT = "ftrace-function_graph-boot-recursion-excerpt.txt"
HIT_STACK = [
    "__set_page_owner", "save_stack", "__alloc_pages", "get_page_from_freelist",
    "__set_page_owner", "save_stack",
]  # fmt: skip


def real(name: str) -> Trace:
    return read_graph(sample(name))[0]


def graph(text: str) -> Trace:
    """Read calls written by their indentation; a name with ``;`` is a leaf."""
    lines: list[str] = []
    stack: list[str] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        indent = (len(line) - len(line.lstrip())) // 2
        while len(stack) > indent:
            lines.append("  " * (len(stack) - 1) + "}")
            stack.pop()
        name = line.strip()
        if name.endswith(";"):
            lines.append("  " * indent + f"{name[:-1]}();")
        else:
            lines.append("  " * indent + f"{name}() {{")
            stack.append(name)
    lines += ["  " * at + "}" for at in reversed(range(len(stack)))]
    return read_graph("".join(f" 0)   1.000 us    |  {line}\n" for line in lines))[0]


def hits(trace: Trace) -> int | None:
    assert trace.info.recording is not None
    return trace.info.recording.guard_hits


NESTED = "set\n  save_stack\n    stack_trace_save;\n    alloc\n      save_stack;\n"


@pytest.mark.parametrize(
    ("name", "found", "comments", "deepest"),
    [
        ("guard-graph-alloc0-limit1.txt", 0, 0, 1),
        ("guard-graph-alloc1-limit1.txt", 210, 404, 2),
        ("guard-graph-alloc1-limit2.txt", 626, 824, 3),
    ],
)
def test_the_measured_experiment(name: str, found: int, comments: int, deepest: int) -> None:
    trace = real(name)
    recording = trace.info.recording
    assert recording is not None
    assert recording.guard_hits == found
    assert recording.hit_comments == comments
    assert recording.comments_apart == comments - found  # every hit has its comment
    nested = {each.function: each.deepest for each in recursions(trace)}
    assert nested.get("__set_page_owner", 1) == deepest


@pytest.mark.parametrize("name", ["guard-graph-alloc1-limit1.txt", "guard-graph-alloc1-limit2.txt"])
def test_each_hit_found_from_structure_carries_the_files_own_comment(name: str) -> None:
    trace = real(name)
    said = {
        int(trace.parents[at])
        for at in trace.positions(Kind.STEPPED).tolist()
        if "guard hit" in trace.site(at).text
    }
    found = [int(trace.parents[at]) for at in trace.short_circuits.tolist()]
    assert len(found) == len(set(found))
    assert set(found) <= said


def test_the_boot_recursion() -> None:
    trace = real(BOOT)
    assert hits(trace) == 1
    (at,) = trace.short_circuits.tolist()
    assert trace.names_at(at) == HIT_STACK


@pytest.mark.parametrize("name", ["guard-graph-alloc1-limit1.txt", "guard-graph-alloc1-limit2.txt"])
def test_what_the_program_counts_is_right(name: str) -> None:
    trace = real(name)
    counts = trace.state_at(len(trace) - 1).counts
    found = hits(trace)
    assert found is not None
    assert counts["guard_hits"] == found
    assert counts["unwinds"] == counts["save_stack_calls"] - found
    assert counts["deepest_recursion"] == (2 if "limit2" in name else 1)
    tree = save_tree(trace)
    assert int((tree.outcome == Outcome.HIT).sum()) == found
    assert len(tree) == counts["save_stack_calls"]
    assert tree.depth == (3 if "limit2" in name else 2)


def test_a_hit_stands_right_before_the_return_of_its_save() -> None:
    trace = real("guard-graph-alloc1-limit1.txt")
    for at in trace.short_circuits.tolist():
        assert trace.site(at).label == "test"
        assert trace.kind(at + 1) is Kind.RETURNED
        assert trace.function(at + 1).name == "save_stack"
        assert trace.parents[at + 1] == trace.parents[at]


def test_a_nested_save_that_does_nothing_is_a_hit() -> None:
    assert hits(graph(NESTED)) == 1


def test_an_outer_save_that_does_nothing_is_none() -> None:
    assert hits(graph(NESTED + "set\n  save_stack;\n")) == 1


def test_saves_that_show_nothing_tell_nothing() -> None:
    trace = graph("set\n  save_stack;\n")
    assert hits(trace) is None
    assert trace.info.recording is not None
    assert "shows what it calls" in trace.info.recording.notes[-1]


def test_a_file_without_saves_tells_nothing() -> None:
    assert hits(graph("kmalloc;\n")) is None


def test_a_depth_limit_that_cuts_others_hides_what_a_save_does() -> None:
    # walk always calls, but not at the depth at which the inner save lies
    others = "a\n  walk\n    b;\n" * 3 + "a\n  b\n    c\n      walk;\n"
    assert hits(graph(NESTED + others)) is None
    assert hits(graph(NESTED + others.replace("walk;", "d;"))) == 1


def test_a_save_cut_off_by_the_end_is_no_hit() -> None:
    text = " 0)               |  {}\n"
    lines = ["save_stack() {", "  walk();", "  alloc() {", "    save_stack() {"]
    trace = read_graph("".join(text.format(line) for line in lines))[0]
    assert hits(trace) == 0


def test_a_save_whose_return_was_lost_is_no_hit() -> None:
    text = " 0)               |  {}\n"
    lines = ["save_stack() {", "  walk();", "  alloc() {", "    save_stack() {", "  }", "}"]
    trace = read_graph("".join(text.format(line) for line in lines))[0]
    assert hits(trace) == 0


def test_a_save_of_another_task_is_not_around_it() -> None:
    line = " 0)  {:14} |               |  {}\n"
    trace = read_graph(
        line.format("sh-1", "save_stack() {") + line.format("sh-1", "  walk();")
        + line.format("rm-2", "save_stack();")
    )[0]  # fmt: skip
    assert hits(trace) == 0


def cut_at(data: bytes, depth: int) -> str:
    """Return function_graph text as max_graph_depth would have had it."""
    kept: list[str] = []
    for line in data.decode().splitlines():
        bar, _, body = line.rpartition("|  ")
        if line.startswith("#") or body.lstrip().startswith("/*"):
            continue
        if (len(body) - len(body.lstrip())) // 2 >= depth:
            continue
        opened = f"{kept[-1].rpartition('|  ')[2]}" if kept else ""
        indent = body[: len(body) - len(body.lstrip())]
        if (
            body.lstrip().startswith("}")
            and opened.endswith("{")
            and (opened[: len(opened) - len(opened.lstrip())] == indent)
        ):
            kept[-1] = f"{bar}|  {opened.removesuffix(' {')};"
        else:
            kept.append(line)
    return "\n".join(kept) + "\n"


@pytest.mark.parametrize(
    ("name", "deepest"),
    [("guard-graph-alloc1-limit1.txt", 8), ("guard-graph-alloc1-limit2.txt", 12), (BOOT, 7)],
)
def test_a_depth_limit_gives_no_wrong_number(name: str, deepest: int) -> None:
    whole = hits(real(name))
    found = [hits(read_graph(cut_at(sample(name), depth))[0]) for depth in range(1, deepest + 3)]
    assert {each for each in found if each is not None} <= {whole}
    assert found[-1] == whole


@pytest.mark.parametrize("between", ["alloc_pages", "__set_page_owner", "kmalloc"])
def test_a_filter_that_shows_only_the_way_to_the_next_save_tells_nothing(between: str) -> None:
    assert hits(graph(f"save_stack\n  {between}\n    save_stack;\n" * 4)) is None


def test_a_guard_that_scans_the_stack_after_the_walk_is_not_seen() -> None:
    nested = NESTED.replace("save_stack;", "save_stack\n        stack_trace_save;")
    assert hits(graph(nested)) is None
    assert hits(graph(nested + NESTED)) == 1  # some guard turns saves away at once


def test_an_interrupt_that_allocates_inside_a_save_is_turned_away_too() -> None:
    # the guard asks for current only: the interrupt runs as the task that saves
    text = "save_stack\n  stack_trace_save\n    handle_irq\n      set\n        save_stack;\n"
    assert hits(graph(text)) == 1


COPIED = """
{0}
  stack_trace_save
    arch_stack_walk;
  __alloc_pages
    {0};
  stack_trace_save
    arch_stack_walk;
"""


@pytest.mark.parametrize("name", ["save_stack.constprop.0", "save_stack.isra.0.constprop.1"])
def test_a_copy_of_save_stack_is_save_stack(name: str) -> None:
    trace, plain = graph(COPIED.format(name)), graph(COPIED.format("save_stack"))
    assert hits(trace) == hits(plain) == 1
    assert [each.function for each in recursions(trace)] == ["save_stack"]
    assert trace.info.recording is not None
    assert any(name in note for note in trace.info.recording.notes)


def test_copies_beside_save_stack_are_one_function() -> None:
    text = COPIED.format("save_stack").replace("    save_stack;", "    save_stack.constprop.0;")
    assert hits(graph(text)) == 1


def test_a_part_is_not_the_guard() -> None:
    trace = graph(COPIED.format("save_stack.part.0"))
    assert hits(trace) is None
    assert [each.function for each in recursions(trace)] == ["save_stack"]


def test_save_stack_that_calls_its_part_is_not_inside_itself() -> None:
    trace = graph("save_stack\n  save_stack.part.0\n    arch_stack_walk;\n")
    assert recursions(trace) == []
