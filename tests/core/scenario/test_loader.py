"""Scenario files: strict, versioned, and every error with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import OwnerscopeError, ScenarioError
from core.scenario.loader import bundled, fill, open_scenario, parse
from core.scenario.run import Overrides, plan
from core.scenario.toml_lines import line_of

MAIL = open_scenario("mail-chain").text


def problem_of(text: str, **settings: str) -> str:
    with pytest.raises(OwnerscopeError) as caught:
        plan(parse(text, where="mine.toml"), settings)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", bundled())
def test_every_bundled_scenario_is_valid_and_says_what_it_shows(name: str) -> None:
    scenario = fill(open_scenario(name))
    assert scenario.name == name
    assert scenario.title
    assert scenario.shows.endswith(".")
    assert len(scenario.about) > 100


def test_the_promised_scenarios_are_there() -> None:
    promised = {
        "mail-chain", "scan-on-ia64", "ia64-as-coded", "smp-depth-two", "depot-growth",
        "no-guard-overflow", "depth-law", "two-bit-wrap", "quiet-kmalloc", "page-owner-off",
        "depot-failure",
    }  # fmt: skip
    assert promised <= set(bundled())


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("schema = 1", "schema = 2", "mine.toml:1: schema 2 is newer"),
        ("schema = 1", "schema = 0", "mine.toml:1: schema 0 does not exist"),
        ("schema = 1\n", "", "mine.toml:1: expected 'schema = 1'"),
        (
            "max_depth = 1",
            "max_depth = 0",
            "mine.toml:19: guard.max_depth: expected a whole",
        ),
        (
            "max_depth = 1",
            "max_depth = 'x'",
            "mine.toml:19: guard.max_depth: expected a whole",
        ),
        ('design = "bit1"', 'desing = "bit1"', "mine.toml:18: guard.desing: "),
        ('design = "bit1"', 'design = "bit3"', "mine.toml:18: guard.design: "),
        ("pid = 311", "pid = -311", "mine.toml:41: tasks.0.pid: expected a whole number >= 1"),
        ('repeat = "$allocations"', 'repeat = "$many"', "there is no parameter 'many'"),
        ('op = "kmalloc"', 'op = "malloc"', "mine.toml:44: tasks.0.work.0.op: "),
        (
            'size = "$size"',
            "size = -1",
            "mine.toml:45: tasks.0.work.0.size: expected a",
        ),
        ("[guard]", "[guard", "mine.toml:17: not valid TOML"),
        ('version = "5.12"', 'version = "5.13"', "there is no profile of kernel '5.13'"),
        ('arch = "ia64"', 'arch = "vax"', "has no profile of vax"),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, expected: str) -> None:
    assert old in MAIL
    assert expected in problem_of(MAIL.replace(old, new, 1))


def test_an_unknown_scenario_suggests_the_nearest() -> None:
    with pytest.raises(ScenarioError, match="did you mean mail-chain"):
        open_scenario("mail-chian")


def test_an_unreadable_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="No such file"):
        open_scenario(tmp_path / "none.toml")
    with pytest.raises(ScenarioError, match="Is a directory"):
        open_scenario(tmp_path)
    (tmp_path / "bin.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError, match="not UTF-8"):
        open_scenario(tmp_path / "bin.toml")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"evnts": "3"}, "--set evnts: depth-law has no parameter 'evnts'; did you mean events?"),
        ({"events": "0"}, "--set events: expected a number from 1 to 10,000,000, got 0"),
        ({"events": "many"}, "--set events: expected a whole number, got 'many'"),
        ({"guard.max_depth": "-4"}, "--set guard.max_depth: "),
        ({"kernel.foo": "1"}, "--set kernel.foo: "),
        ({"tasks.9.pid": "1"}, "--set tasks.9.pid: "),
        ({"tasks.x.pid": "1"}, "--set tasks.x.pid: "),
    ],
)
def test_a_wrong_setting_names_the_option(settings: dict[str, str], expected: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        fill(open_scenario("depth-law"), settings)
    assert str(caught.value).startswith(expected)


def test_names_no_file_can_have_are_just_unknown() -> None:
    for name in ("x" * 300, "a\0b"):
        with pytest.raises(ScenarioError, match="there is no scenario"):
            open_scenario(name)
    with pytest.raises(ScenarioError, match="expected a file"):
        open_scenario("/dev/zero")


@pytest.mark.parametrize("text", ["a = " + "[" * 20_000, "a = " + "9" * 5_000])
def test_absurd_toml_is_an_error(text: str) -> None:
    assert "not valid TOML" in problem_of(text)


def test_an_unknown_key_and_a_wrong_default_have_their_lines() -> None:
    assert "mine.toml:4: extra: " in problem_of(MAIL.replace("shows =", "extra = 1\nshows =", 1))
    wrong = MAIL.replace("default = 1\n", "default = 0\n", 1)
    assert "parameters.allocations.default: expected a number from 1" in problem_of(wrong)


def test_text_stays_text_and_layouts_must_leave_room(tmp_path: Path) -> None:
    assert fill(open_scenario("mail-chain"), {"kernel.version": "6.1"}).kernel.version == "6.1"
    from importlib import resources

    layout = (resources.files("resources.layouts") / "debian-6.1-amd64.json").read_text("utf-8")
    big = tmp_path / "big.json"
    big.write_text(layout.replace("9792", "40000"))
    with pytest.raises(OwnerscopeError, match="leaves no stack"):
        plan(open_scenario("mail-chain"), {}, Overrides(layout=str(big)))


def test_settings_reach_parameters_and_paths() -> None:
    scenario = fill(open_scenario("depth-law"), {"events": "1_000", "memory.limit_mib": "8"})
    assert scenario.tasks[0].work[0].repeat == 1000
    assert scenario.memory.limit_mib == 8
    off = fill(open_scenario("ia64-as-coded"), {"smp": "off"})
    assert not off.kernel.config_smp


@given(st.integers(0, len(MAIL)), st.text(max_size=12))
def test_no_text_is_a_traceback(at: int, noise: str) -> None:
    try:
        plan(parse(MAIL[:at] + noise + MAIL[at + len(noise) :], where="noise.toml"))
    except OwnerscopeError as error:
        assert "\n" not in str(error)


def test_lines_of_keys() -> None:
    text = "a = 1\n[t]\nb.c = 2\n[[t.list]]\n'd e' = 3\n[[t.list]]\nf = 4\n[t.list.g]\nh = 5\n"
    assert line_of(text, ["a"]) == 1
    assert line_of(text, ["t", "b", "c"]) == 3
    assert line_of(text, ["t", "list", 0, "d e"]) == 5
    assert line_of(text, ["t", "list", 1, "f"]) == 7
    assert line_of(text, ["t", "list", 1, "g", "h"]) == 9
    assert line_of(text, ["t", "list", 1, "missing"]) == 6
    assert line_of(text, ["nothing"]) is None
