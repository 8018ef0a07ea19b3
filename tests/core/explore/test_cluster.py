from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from core.errors import EnvironmentProblem, ScenarioError
from core.explore import cluster as clusters
from core.explore import explore as exploring
from core.explore.cluster import connected, explore_all, on_cluster
from core.explore.explore import Ticker, explore, kernel_subject
from core.explore.request import ExploreRequest
from core.explore.sweep import rows_of
from core.scenario.loader import open_scenario
from tests.core.explore.toys import make_toy


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed: Any = pytest.importorskip("distributed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
        ) as made:
            yield made


def test_parts_come_to_the_same_as_at_home(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploring, "RUNS_ALONE", 100)
    request = ExploreRequest(where="middling", text="", jobs=1)
    with connected(cluster.scheduler_address) as client:
        there = explore(request, make_toy, Ticker(), on_cluster(client, request, make_toy))
    here = explore(request, make_toy)
    assert msgspec.structs.replace(there, seconds=0.0) == msgspec.structs.replace(here, seconds=0.0)


def test_a_sweep_is_a_bag_of_explorations(cluster: Any) -> None:
    source = open_scenario("wrong-word")
    base = ExploreRequest(where=source.where, text=source.text)
    rows = rows_of(base, ["guard=bit1,bit2", "word=current,serialized"])
    with connected(cluster.scheduler_address) as client:
        answers = explore_all(client, [row.request for row in rows], kernel_subject(), Ticker())
    assert [answer and answer.verdict for answer in answers] == [
        "verified",
        "counterexample",
        "verified",
        "counterexample",
    ]


def test_a_request_that_is_wrong_is_the_usual_error(cluster: Any) -> None:
    source = open_scenario("wrong-word")
    wrong = ExploreRequest(where=source.where, text=source.text, guard="bit9")
    with (
        connected(cluster.scheduler_address) as client,
        pytest.raises(ScenarioError, match="there is no guard 'bit9'"),
    ):
        explore_all(client, [wrong], kernel_subject(), Ticker())


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nowhere", "what://127.0.0.1:1"])
def test_nobody_there(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "_REACH_S", 0.3)
    with (
        pytest.raises(EnvironmentProblem, match="no dask scheduler answers at") as raised,
        connected(address),
    ):
        pass
    assert "\n" not in str(raised.value)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(EnvironmentProblem, match=r"pip install 'ownerscope\[dask\]'"),
        connected("tcp://127.0.0.1:8786"),
    ):
        pass
