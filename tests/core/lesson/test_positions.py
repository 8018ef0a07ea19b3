"""Positions in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LessonError
from core.lesson.positions import position_of
from core.trace.events import Kind
from core.trace.trace import Trace
from tests.runs import run_scenario


@pytest.fixture(scope="module")
def chain() -> Trace:
    return run_scenario("mail-chain")


@pytest.fixture(scope="module")
def open_end() -> Trace:
    return run_scenario("mail-chain", guard="none")


def test_events_are_counted_from_one(chain: Trace) -> None:
    assert position_of("1", chain) == 0
    assert position_of("start", chain) == -1
    assert position_of("end", chain) == len(chain) - 1 == position_of(str(len(chain)), chain)


def test_calls_and_returns_by_either_name(chain: Trace) -> None:
    second = position_of("save_stack call 2", chain)
    assert chain.names_at(second).count("save_stack") == 2
    assert chain.names_at(position_of("kmalloc call 1", chain))[-1] == "kmem_cache_alloc_trace"
    assert position_of("save_stack call", chain) == position_of("save_stack call 1", chain)
    back = position_of("save_stack return 2", chain)
    assert chain.kind(back) is Kind.RETURNED
    assert "save_stack" not in chain.names_at(back)


def test_any_stop_and_its_number(chain: Trace) -> None:
    hit = position_of("first short-circuit", chain)
    assert hit == position_of("short-circuit 1", chain) == chain.short_circuits[0]
    assert chain.kind(position_of("first guard==1", chain)) is Kind.STORED
    assert position_of("  first   short-circuit  -  2 ", chain) == hit - 2
    assert (
        position_of("save_stack call 1 + 1", chain) == position_of("save_stack call 1", chain) + 1
    )


def test_stops_may_be_written_with_spaces() -> None:
    trace = run_scenario("wrong-word")
    lost = position_of("first lost update", trace)
    assert trace.kind(lost) is Kind.LOST_UPDATE
    assert lost == position_of("first lost-update", trace)


def test_before_overflow_the_stack_still_holds(open_end: Trace) -> None:
    at = position_of("before overflow", open_end)
    room = open_end.info.thread_bytes - open_end.info.reserved_bytes
    assert open_end.state_at(at).stack_bytes <= room < open_end.state_at(at + 1).stack_bytes
    assert position_of("deepest", open_end) == at + 1


def test_where_lanes_part(chain: Trace, open_end: Trace) -> None:
    at = position_of("where lanes part", open_end, chain)
    assert open_end.names_at(at)[-1] == "stack_trace_save"
    assert at == position_of("where lanes part", open_end, (open_end, chain))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0", "the run has 116 events"),
        ("117", "the run has 116 events"),
        ("before overflow", "does not overflow"),
        ("where lanes part", "one lane only"),
        ("save_stak call 1", "did you mean save_stack"),
        ("save_stack call 3", "it happens 2 times"),
        ("short-circuit 2", "it happens 1 time in"),
        ("first lost update", "it happens 0 times"),
        ("end + 1", "the run has 116 events"),
        ("somewhere", "write it as"),
        ("first guard==x", "write it as"),
        ("", "write it as"),
        ("end" + " - 1" * 5000, "too long"),
        ("save_stack call 9999999999", "write it as"),
    ],
)
def test_a_position_that_is_missing_names_the_step(chain: Trace, text: str, said: str) -> None:
    with pytest.raises(LessonError) as caught:
        position_of(text, chain, where="step 3 (Title)")
    assert str(caught.value).startswith("step 3 (Title): there is no position")
    assert said in str(caught.value)


def test_lanes_that_do_the_same_part_nowhere(chain: Trace) -> None:
    with pytest.raises(LessonError, match="the lanes do the same"):
        position_of("where lanes part", chain, chain)


WORDS = st.sampled_from(
    [
        "first",
        "short-circuit",
        "call",
        "return",
        "save_stack",
        "+",
        "-",
        "1",
        "99",
        "end",
        "==",
        "²",
    ]
)


@given(st.lists(WORDS | st.text(max_size=6), max_size=6).map(" ".join))
def test_any_words_give_a_position_or_one_error(text: str) -> None:
    trace = _CHAIN
    try:
        assert -1 <= position_of(text, trace) < len(trace)
    except LessonError as error:
        assert "\n" not in str(error)


_CHAIN = run_scenario("mail-chain")
