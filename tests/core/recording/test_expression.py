"""The language of filters: what it means, and where it says that something is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import OwnerscopeError, PatternError, RecordingError
from core.recording.questions.expression import (
    SIZE_UNITS,
    TIME_UNITS,
    Every,
    Expression,
    Not,
    Some,
    Term,
    number_of,
    parse,
    terms_of,
)


def shown(expression: Expression) -> str:
    if isinstance(expression, Term):
        return f"{expression.name}{expression.op}{expression.value}"
    if isinstance(expression, Not):
        return f"not({shown(expression.part)})"
    joiner = " and " if isinstance(expression, Every) else " or "
    assert isinstance(expression, Every | Some)
    return f"[{joiner.join(map(shown, expression.parts))}]"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("order >= 2", "order>=2"),
        ("order>=2", "order>=2"),
        ("order == 2", "order=2"),
        ("comm = init", "comm=init"),
        ('comm = "my task"', "comm=my task"),
        ("comm != 'it is'", "comm!=it is"),
        ('memcg = ""', "memcg="),
        ("ext4", "function~ext4"),
        ("^ext4_(read|write)$", "function~^ext4_(read|write)$"),
        ("function ~ (a|b)c", "function~(a|b)c"),
        (r"(frame ~ a\))", r"frame~a\)"),
        ('"order >= 2"', "function~order >= 2"),
        ("gfp ~ a=b", "gfp~a=b"),
        ("a and b or c and not d", "[[function~a and function~b] or "
                                   "[function~c and not(function~d)]]"),
        ("a AND (b OR c)", "[function~a and [function~b or function~c]]"),
        ("(a)and(b)", "[function~a and function~b]"),
        ("not not a", "not(not(function~a))"),
        ("android or order", "[function~android or function~order]"),
        ("comm = and", "comm=and"),
    ],
)  # fmt: skip
def test_reads(text: str, meaning: str) -> None:
    assert shown(parse(text)) == meaning


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("order >=", 9, "expected a value after >="),
        ("(order = 1", 11, "expected )"),
        ("order = 1)", 10, "expected 'and', 'or' or the end"),
        ("comm = my task", 11, "put a value that has blanks into quotes"),
        ("and x", 1, "expected a name"),
        ("a and", 6, "expected a name"),
        ("", 1, "expected a name"),
        ("comm = 'x", 8, "expected another '"),
        ("= 3", 1, "expected a name"),
    ],
)
def test_says_where_it_is_wrong(text: str, column: int, expected: str) -> None:
    with pytest.raises(RecordingError) as error:
        parse(text)
    assert error.value.where == f"filter, column {column}"
    assert expected in str(error.value)


def test_a_pattern_that_is_none_is_told_before_anything_is_looked_at() -> None:
    with pytest.raises(PatternError, match=r"column 11.*expected a regular expression"):
        parse("a = 1  or comm ~ '['")


def test_nesting_has_an_end() -> None:
    assert len(list(terms_of(parse(" and ".join(["a"] * 5000))))) == 5000
    with pytest.raises(RecordingError, match="nested too deeply"):
        parse("(" * 5000 + "a" + ")" * 5000)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("10", 10),
        ("-1", -1),
        ("0x10", 16),
        ("1.5", 1.5),
        ("10s", None),
        ("GFP_KERNEL", None),
        ("1e999", None),
        ("nan", None),
        ("", None),
        ("٣", None),
    ],
)
def test_numbers(text: str, number: float | None) -> None:
    assert number_of(text) == number


def test_units() -> None:
    assert number_of("10s", TIME_UNITS) == 10 * 10**9
    assert number_of("1.5ms", TIME_UNITS) == 1_500_000
    assert number_of("2m", TIME_UNITS) == 120 * 10**9
    assert number_of("4KiB", SIZE_UNITS) == 4096
    assert number_of("4KiB", TIME_UNITS) is None


@given(st.text(alphabet="ab ()~=!<>'\"and or not\\[*", max_size=40))
def test_anything_typed_is_read_or_told_in_one_line(text: str) -> None:
    try:
        parse(text)
    except OwnerscopeError as error:
        assert "\n" not in str(error)
        assert error.where.startswith("filter, column ")


@given(st.recursive(
    st.sampled_from(["order >= 2", "ext4", "comm = 'a b'"]),
    lambda parts: st.one_of(
        st.tuples(parts, st.sampled_from(["and", "or"]), parts).map(
            lambda each: f"({each[0]}) {each[1]} ({each[2]})"
        ),
        parts.map(lambda each: f"not ({each})"),
    ),
    max_leaves=8,
))  # fmt: skip
def test_what_is_put_together_keeps_its_terms(text: str) -> None:
    count = text.count("order") + text.count("ext4") + text.count("comm")
    assert len(list(terms_of(parse(text)))) == count
