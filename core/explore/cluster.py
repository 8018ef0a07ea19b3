"""The same parts, and sweeps of whole explorations, on a dask.distributed cluster that is there.

Where ownerscope is installed on the workers nothing else is needed: what is sent are requests and
parts, plain data, and what comes back are counts. The extra ``dask`` brings the client.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from core.errors import EnvironmentProblem, OwnerscopeError
from core.explore.explore import DoParts, Ticker, explore
from core.explore.parts import Part, PartDone, do_part
from core.explore.request import ExploreRequest, MakeSubject
from core.explore.result import Exploration
from core.explore.tally import Tally

_REACH_S = 4
"""Seconds to wait for a scheduler that may not be there."""

_TRIES_AGAIN = 2
_POLL_S = 0.1


@contextlib.contextmanager
def connected(address: str) -> Iterator[Any]:
    """Return a client of the cluster at an address, for as long as it is needed.

    Raises:
        EnvironmentProblem: The extra is not installed, or nobody answers there.
    """
    try:
        import distributed
    except ImportError:
        raise EnvironmentProblem(
            "exploring on a cluster needs the extra 'dask'",
            where="--dask",
            advice="pip install 'ownerscope[dask]'",
        ) from None
    # What dask has to say about connections it says on stderr, many lines at a time.
    for name in ("distributed", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client: Any = _untyped(distributed).Client(address, timeout=_REACH_S)
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise EnvironmentProblem(
            f"no dask scheduler answers at {address!r} ({reason})",
            where="--dask",
            advice="start one with 'dask scheduler', and give its address, like tcp://host:8786",
        ) from None
    try:
        yield client
    finally:
        client.close()


def _untyped(module: Any) -> Any:
    """Return a module as one without types: dask's functions have half of them."""
    return module


def on_cluster(client: Any, request: ExploreRequest, make: MakeSubject) -> DoParts:
    """Return what does parts on a cluster; a worker that dies has its part done again by another.

    Args:
        client: See ``connected``.
        request: What is explored.
        make: Makes its subject there.
    """

    def do_parts(parts: list[Part], ticker: Ticker) -> list[PartDone]:
        futures = {
            client.submit(_do, request, make, part, retries=_TRIES_AGAIN, pure=False): part.number
            for part in parts
        }
        done: dict[int, PartDone] = {}
        for future in _as_they_come(client, list(futures), ticker, done):
            done[futures[future]] = _result(future)
        return [done[number] for number in sorted(done)]

    return do_parts


def explore_all(
    client: Any, requests: Sequence[ExploreRequest], make: MakeSubject, ticker: Ticker
) -> list[Exploration | None]:
    """Explore many requests on a cluster, each on one worker.

    Returns:
        The answers in the order of the requests, None for what was not done when it was stopped.

    Raises:
        OwnerscopeError: A request is wrong, or its worker died every time.
    """
    alone = [msgspec.structs.replace(request, jobs=1) for request in requests]
    futures = {
        client.submit(_explore, request, make, retries=_TRIES_AGAIN, pure=False): number
        for number, request in enumerate(alone)
    }
    answers: list[Exploration | None] = [None] * len(alone)
    for future in _as_they_come(client, list(futures), ticker, {}):
        answers[futures[future]] = _result(future)
    return answers


def _as_they_come(
    client: Any, futures: list[Any], ticker: Ticker, done: dict[int, PartDone]
) -> Iterator[Any]:
    """Yield futures that are over; those still under way when told to stop are given up."""
    import distributed

    waiting = futures
    try:
        while waiting:
            with contextlib.suppress(TimeoutError):
                _untyped(distributed).wait(waiting, timeout=_POLL_S, return_when="FIRST_COMPLETED")
            over = [future for future in waiting if future.done()]
            waiting = [future for future in waiting if not future.done()]
            yield from over
            tally = Tally()
            for part in done.values():
                tally.add(part.tally)
            if ticker.tell(tally, len(waiting), 0):
                return
    finally:
        client.cancel(waiting)


def _result(future: Any) -> Any:
    try:
        return future.result()
    except OwnerscopeError:
        raise
    except Exception as error:
        raise EnvironmentProblem(
            f"a worker of the cluster failed: {type(error).__name__}: "
            f"{' '.join(str(error).split())[:200]}",
            where="--dask",
            advice="look into the worker's log; ownerscope must be installed there, too",
        ) from None


def _do(request: ExploreRequest, make: MakeSubject, part: Part) -> PartDone:
    return do_part(make(request), request, part, lambda search: False)


def _explore(request: ExploreRequest, make: MakeSubject) -> Exploration:
    return explore(request, make)
