from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from core.errors import EnvironmentProblem
from core.explore import explore as exploring
from core.explore.explore import Ticker, explore
from core.explore.request import ExploreRequest
from core.explore.result import Exploration
from tests.core.explore.toys import make_mortal, make_toy


@pytest.fixture(autouse=True)
def soon_parted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploring, "RUNS_ALONE", 100)


def counts(done: Exploration) -> object:
    return msgspec.structs.replace(done, seconds=0.0)


def test_the_answer_does_not_depend_on_how_many_processes_work() -> None:
    request = ExploreRequest(where="middling", text="", jobs=1)
    alone = explore(request, make_toy)
    assert alone.runs > 200
    assert alone.verdict == "counterexample"
    two = explore(msgspec.structs.replace(request, jobs=2), make_toy)
    assert counts(two) == counts(alone)


def test_a_part_whose_process_dies_is_done_again(tmp_path: Path) -> None:
    request = ExploreRequest(
        where="middling", text="", jobs=2, settings={"graves": str(tmp_path), "deaths": 2}
    )
    died = explore(request, make_mortal)
    assert len(list(tmp_path.iterdir())) == 2
    assert counts(died) == counts(explore(msgspec.structs.replace(request, jobs=1), make_toy))


def test_a_part_that_kills_every_process_is_a_clear_error(tmp_path: Path) -> None:
    request = ExploreRequest(
        where="middling", text="", jobs=2, settings={"graves": str(tmp_path), "deaths": 99}
    )
    with pytest.raises(EnvironmentProblem, match="died 3 times"):
        explore(request, make_mortal)


def test_stopping_keeps_what_each_process_found() -> None:
    looks = iter(range(1_000_000))
    request = ExploreRequest(where="busy", text="", jobs=2)
    done = explore(request, make_toy, Ticker(halted=lambda: next(looks) > 10))
    assert not done.complete
    assert done.runs >= 100
    assert done.verdict == "incomplete"
