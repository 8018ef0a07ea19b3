"""Finding calls by the names of their functions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import OwnerscopeError, PatternError
from core.trace.events import Kind
from core.trace.search import NOTHING, Hits, search
from core.trace.trace import Trace
from tests.core.trace.made_traces import NAMES, random_traces
from tests.runs import bundled_run


def found_by_hand(trace: Trace, names: set[str]) -> list[int]:
    return [
        at
        for at in range(len(trace))
        if trace.kind(at) is Kind.CALLED and trace.function(at).name in names
    ]


@given(trace=random_traces(), names=st.sets(st.sampled_from(NAMES), min_size=1))
def test_hits_are_the_calls_of_functions_that_match(trace: Trace, names: set[str]) -> None:
    hits = search(trace, "|".join(f"^{re.escape(name)}$" for name in names))
    # A pattern with a capital tells capitals apart; all of these are spelled as they are.
    assert hits.positions.tolist() == found_by_hand(trace, names)
    assert set(hits.functions) == {trace.function(at).name for at in hits.positions.tolist()}


def test_a_part_of_a_name_is_enough() -> None:
    hits = search(bundled_run("mail-chain"), "page_owner")
    assert hits.functions == ("__set_page_owner",)
    assert len(hits) == 2
    assert hits.positions.dtype.name == "int32"


def test_case_matters_only_where_there_are_capitals() -> None:
    trace = bundled_run("depth-law")
    assert search(trace, "entry_syscall").functions == ("entry_SYSCALL_64_after_hwframe",)
    assert search(trace, "entry_SYSCALL").functions == ("entry_SYSCALL_64_after_hwframe",)
    assert search(trace, "Save_stack").functions == ()
    # The capital of \S is no letter that is looked for.
    assert "entry_SYSCALL_64_after_hwframe" in search(trace, r"entry_syscall\S").functions


def test_an_empty_pattern_finds_nothing() -> None:
    hits = search(bundled_run("mail-chain"), "")
    assert hits is NOTHING
    assert hits.next_hit(-1) is None
    assert hits.previous_hit(99) is None


@pytest.mark.parametrize(
    ("pattern", "column"), [("save_(", 6), ("*", 1), ("a[", 2), ("a{2,1}", 3), ("x\\", 2)]
)
def test_a_bad_pattern_says_at_which_column(pattern: str, column: int) -> None:
    with pytest.raises(PatternError) as caught:
        search(bundled_run("mail-chain"), pattern)
    assert isinstance(caught.value, OwnerscopeError)
    assert str(caught.value).startswith(f"column {column}: expected a regular expression: ")
    assert "\n" not in str(caught.value)


@given(trace=random_traces(), position=st.integers(-1, 130))
def test_next_and_previous(trace: Trace, position: int) -> None:
    hits: Hits = search(trace, "save_stack|kmalloc")
    all_of_them = hits.positions.tolist()
    later = [at for at in all_of_them if at > position]
    earlier = [at for at in all_of_them if at < position]
    assert hits.next_hit(position) == (later[0] if later else None)
    assert hits.previous_hit(position) == (earlier[-1] if earlier else None)
    assert hits.number_at(position) == sum(at <= position for at in all_of_them)
