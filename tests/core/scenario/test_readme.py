"""What the README shows works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core import cli
from core.guards.catalog import DESIGNS
from core.scenario.report import report
from tests.runs import run_text

README = (Path(__file__).parents[3] / "README.md").read_text()
HEAD = 'schema = 1\nname = "readme"\ntitle = "From the README"\nshows = "It works."\n'


def test_its_scenario_runs() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (text,) = [block for block in blocks if "[[tasks]]" in block]
    data = report(run_text(HEAD + text))
    assert data["outcome"] == "completed"
    assert (data["cpus"], data["interrupts"]) == (2, {"nic": 0})
    assert [update["lost_by"] for update in data["lost_updates"]] == ["chrt/41"]


def test_it_lists_every_guard() -> None:
    assert re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE) == list(DESIGNS)


COMMANDS = dict.fromkeys(  # some stand there twice
    line.partition("#")[0].strip()
    for line in README.splitlines()
    # Not what is about a file or a machine of one's own.
    if re.match(r"ownerscope (run|explore) (?!my-)", line)
)


@pytest.mark.parametrize("line", COMMANDS)
def test_its_commands_are_understood(line: str, tmp_path: Path) -> None:
    words = line.split()[1:]
    words = [str(tmp_path / word) if word.endswith(".toml") else word for word in words]
    assert cli.main([*words, "--jobs", "1"] if words[0] == "explore" else words) in (0, 1)
