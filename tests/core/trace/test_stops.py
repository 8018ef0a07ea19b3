"""Stops: their text form, and where in a trace playing stops."""

from __future__ import annotations

from fnmatch import fnmatchcase

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ScenarioError
from core.scenario.loader import bundled
from core.trace.events import Kind
from core.trace.stops import (
    BOUNDS,
    Stop,
    describe,
    format_stop,
    merged,
    next_stop,
    parse_stop,
    positions,
    previous_stop,
)
from core.trace.trace import Trace
from tests.runs import bundled_run, run_scenario, stack_at

TRACES = st.sampled_from([*bundled()]).map(bundled_run)

NUMBERED = st.sampled_from(sorted(BOUNDS)).flatmap(
    lambda kind: st.builds(
        Stop,
        st.just(kind),
        st.integers(*BOUNDS[kind]),
        st.sampled_from([">=", "=="]),
        st.booleans(),
    )
)
NAMED = st.builds(
    Stop,
    st.just("function"),
    st.from_regex(r"[A-Za-z_*][A-Za-z0-9_.*?]{0,30}", fullmatch=True),
    st.just(">="),
    st.booleans(),
)
PLAIN = st.builds(
    Stop,
    st.sampled_from(["short_circuit", "owner_lost", "warning"]),
    enabled=st.booleans(),
)
STOPS = NUMBERED | NAMED | PLAIN


def folded(trace: Trace, stop: Stop) -> list[int]:
    """Where a stop stops, by going through all events one by one."""
    guard, found = trace.info.guard, []
    depths: dict[int, int] = {}
    values = {n: guard.value_of(task.first_word) for n, task in enumerate(trace.info.tasks)}

    def holds(value: int) -> bool:
        number = int(stop.value)
        return value >= number if stop.comparison == ">=" else value == number

    for at in range(len(trace)):
        site, task = trace.site(at), trace.task_at(at)
        name = trace.function(at).name
        match site.kind:
            case Kind.CALLED if stop.kind == "function" and fnmatchcase(name, str(stop.value)):
                found.append(at)
            case Kind.PAGE_ALLOCATED if stop.kind == "page_order":
                if holds(int(site.fact("order"))):
                    found.append(at)
            case Kind.SHORT_CIRCUITED if stop.kind == "short_circuit":
                found.append(at)
            case Kind.WARNED if stop.kind == "warning":
                found.append(at)
            case Kind.OWNER_HANDLE if stop.kind == "owner_lost" and site.fact("lost") == "yes":
                found.append(at)
            case Kind.STORED if stop.kind == "guard_value":
                value, old = guard.value_of(trace.values[trace.argument(at)]), values[task]
                values[task] = value
                if holds(value) and not holds(old):
                    found.append(at)
            case Kind.WALK_STARTED | Kind.RETURNED if stop.kind == "recursion":
                old = depths.get(task, 0)
                depths[task] = trace.recursion[task].value_at(at)
                if holds(depths[task]) and not holds(old):
                    found.append(at)
    return found


@given(stop=STOPS)
def test_a_stop_is_what_its_text_says(stop: Stop) -> None:
    assert parse_stop(format_stop(stop)) == stop


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("function:save_stack", "Each call of save_stack"),
        ("function:*page_owner", "Each call of a function like *page_owner"),
        ("recursion>=2", "Recursion depth reaches 2"),
        ("recursion==2", "Recursion depth becomes exactly 2"),
        ("guard==1", "Guard value becomes 1"),
        ("order>=2", "A block of order 2 or more is allocated"),
        ("order==0", "A block of order 0 is allocated"),
        (" short-circuit ", "Any short-circuit"),
        ("owner-lost off", "A page loses its owner"),
        ("warning", "Any warning of the kernel"),
    ],
)
def test_stops_in_words(text: str, sentence: str) -> None:
    assert describe(parse_stop(text)) == sentence


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "there is no stop ''"),
        ("recursoin>=2", "did you mean recursion?"),
        ("shortcircuit", "did you mean short-circuit?"),
        ("recursion", "there is no stop 'recursion'; write it as in recursion>=1"),
        ("recursion>2", "there is no stop 'recursion>2'; write it as in recursion>=1"),
        ("recursion>=0", "recursion: expected a number from 1 to 1,000,000, got '0'"),
        ("guard==-1", "guard: expected a number from 0 to 4,294,967,295, got '-1'"),
        ("order>=", "order: expected a number from 0 to 10, got ''"),
        ("order>=11", "order: expected a number from 0 to 10"),
        ("order>=" + "9" * 5000, "order: expected a number from 0 to 10"),
        ("guard==²", "guard: expected a number"),
        ("function:", "expected a function's name after 'function:'"),
        ("function:a b", "expected a function's name after 'function:'"),
        ("function", "there is no stop 'function'; write it as in function:save_stack"),
        ("short-circuit>=2", "there is no stop 'short-circuit>=2'; short-circuit stands alone"),
    ],
)
def test_nonsense_is_refused_with_advice(text: str, problem: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_stop(text, where="mine.toml:3")
    assert str(caught.value).startswith("mine.toml:3: ")
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@given(text=st.text(max_size=40))
def test_any_text_is_a_stop_or_a_clear_error(text: str) -> None:
    try:
        stop = parse_stop(text)
    except ScenarioError:
        return
    assert parse_stop(format_stop(stop)) == stop


@given(trace=TRACES, stop=NUMBERED.filter(lambda stop: int(stop.value) < 6) | PLAIN)
def test_positions_are_what_folding_finds(trace: Trace, stop: Stop) -> None:
    if len(trace) > 3000:
        return
    found = positions(trace, stop)
    assert found.dtype == np.int32
    assert found.tolist() == folded(trace, stop)


@pytest.mark.parametrize("name", ["save_stack", "*page_owner", "k?alloc", "no_such_function"])
def test_a_function_stops_at_each_of_its_calls(name: str) -> None:
    trace = bundled_run("mail-chain")
    assert positions(trace, Stop("function", name)).tolist() == folded(
        trace, Stop("function", name)
    )


def test_a_call_is_stopped_at_when_it_has_just_been_made() -> None:
    trace = bundled_run("mail-chain")
    first, second = positions(trace, parse_stop("function:save_stack"))
    assert stack_at(trace, int(first)).endswith("__set_page_owner;save_stack")
    assert stack_at(trace, int(second)).split(";").count("save_stack") == 2


def test_depth_two_is_reached_once_a_nested_save_walks() -> None:
    trace = run_scenario("depth-law", {"events": 1}, max_depth=2)
    found = positions(trace, parse_stop("recursion>=2"))
    assert len(found) == 2  # the one event's walk takes a page and gives it back
    for at in found.tolist():
        assert trace.recursion[0].value_at(at - 1) == 1
        assert trace.recursion[0].value_at(at) == 2


def test_a_flag_becomes_one_and_never_two() -> None:
    trace = run_scenario("mail-chain", guard="bit1")
    assert len(positions(trace, parse_stop("guard==1"))) == 1
    assert not len(positions(trace, parse_stop("guard>=2")))


def test_a_guard_without_a_field_has_no_value_to_stop_at() -> None:
    trace = run_scenario("quiet-kmalloc", guard="none")
    assert not len(positions(trace, parse_stop("guard==0")))


def test_a_task_that_runs_in_between_does_not_hide_a_change() -> None:
    trace = bundled_run("two-tasks")
    found = positions(trace, parse_stop("guard==1")).tolist()
    assert {trace.task_at(at) for at in found} == {0, 1}


def test_next_and_previous_leave_the_position_itself_out() -> None:
    trace = bundled_run("mail-chain")
    stops = [parse_stop("function:save_stack"), parse_stop("short-circuit")]
    hits = merged(trace, stops).tolist()
    assert len(hits) == 3
    assert next_stop(trace, stops, -1) == hits[0]
    assert next_stop(trace, stops, hits[0]) == hits[1]
    assert next_stop(trace, stops, hits[2]) is None
    assert previous_stop(trace, stops, len(trace)) == hits[2]
    assert previous_stop(trace, stops, hits[1]) == hits[0]
    assert previous_stop(trace, stops, hits[0]) is None


def test_what_is_off_does_not_stop() -> None:
    trace = bundled_run("mail-chain")
    off = parse_stop("short-circuit off")
    assert not len(merged(trace, [off]))
    assert not len(merged(trace, []))
    assert len(positions(trace, off)) == 1
    assert next_stop(trace, [off], -1) is None


def test_two_stops_at_one_event_are_one_hit() -> None:
    trace = bundled_run("mail-chain")
    both = [parse_stop("function:save_stack"), parse_stop("function:save_stac?")]
    assert len(merged(trace, both)) == 2
