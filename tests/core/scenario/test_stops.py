"""A scenario carries its stops, and a stop that cannot be is refused with its line."""

from __future__ import annotations

import pytest

from core.errors import ScenarioError
from core.scenario.loader import fill, open_scenario, parse

MAIL = open_scenario("mail-chain").text


def with_stops(stops: str) -> str:
    return MAIL.replace("[kernel]", f"stops = {stops}\n\n[kernel]", 1)


def problem_of(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        fill(parse(text, where="mine.toml"))
    return str(caught.value)


def test_a_scenario_has_no_stops_unless_it_says_so() -> None:
    assert fill(open_scenario("mail-chain")).stops == ()


def test_a_scenario_carries_its_stops() -> None:
    text = with_stops('["recursion>=2", "short-circuit"]')
    assert fill(parse(text, where="mine.toml")).stops == ("recursion>=2", "short-circuit")


def test_a_wrong_stop_is_refused_with_its_line() -> None:
    text = with_stops('["short-circuit", "recursion>=two"]')
    line = 1 + text.splitlines().index('stops = ["short-circuit", "recursion>=two"]')
    said = problem_of(text)
    assert said.startswith(f"mine.toml:{line}: recursion: expected a number")
    assert "'two'" in said


def test_the_line_is_the_one_of_the_stop_where_the_list_has_several() -> None:
    text = with_stops('[\n  "short-circuit",\n  "order>=99",\n]')
    line = 1 + text.splitlines().index('  "order>=99",')
    assert problem_of(text).startswith(f"mine.toml:{line}: order: expected a number from 0 to 10")


def test_what_is_no_list_of_texts_is_refused() -> None:
    assert "stops" in problem_of(with_stops('"short-circuit"'))
    assert "stops" in problem_of(with_stops("[1]"))


def test_too_many_stops_are_refused() -> None:
    assert "stops" in problem_of(with_stops(str(["warning"] * 101)))
