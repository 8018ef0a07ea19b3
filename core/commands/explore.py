"""``ownerscope explore``: every interleaving of a scenario within a bound."""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.commands.run import GUARDS_HELP, parse_settings
from core.errors import OwnerscopeError, ScenarioError

if TYPE_CHECKING:
    from core.commands import Commands
    from core.explore.explore import Ticker
    from core.explore.request import ExploreRequest
    from core.explore.result import Bound, Exploration, Progress
    from core.explore.sweep import Row
    from core.scenario.loader import ScenarioText

NAME = "explore"

STOPPED = 130
"""Exit status where it was stopped before anything was found, as of a command that Ctrl+C ends."""

_AGAIN_S = 1.0

_EPILOG = """\
Exit status: 0 nothing bad within the bound, 1 a counterexample, 2 bad input, 130 stopped.
Ctrl+C stops it and tells what was found so far.

  ownerscope explore two-tasks --irqs 2
  ownerscope explore two-tasks --sweep guard=bit1,bit2 --sweep max_depth=1,2
"""


def add_to(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        NAME,
        help="try every interleaving of a scenario within a bound",
        description="Try every way in which interrupts, other CPUs and switches can come in between"
        " in SCENARIO, within a bound, and prove that nothing bad happens or show how it does.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("scenario", metavar="SCENARIO", help="name of a bundled scenario, or a TOML file")
    add("--guard", metavar="DESIGN", help=GUARDS_HELP)
    add("--max-depth", type=int, metavar="N", help="how many saves may be under way at once")
    add("--word", metavar="WORD", help="which word the guard's bits are in: current or serialized")
    add("--arch", metavar="A", help="x86_64, arm64 or ia64")
    add("--kernel", metavar="V", help="5.12, 6.1 or 6.12")
    add("--layout", metavar="NAME|FILE", help="task_struct: a bundled layout or a file")
    _add_repeated(parser, "--set", "settings", "NAME=VALUE", "set a parameter of the scenario")
    bound = parser.add_argument_group("bound", "defaults: what the scenario says, or 1, 2 and 0")
    bound.add_argument("--irqs", type=int, metavar="N", help="interrupts in a run")
    bound.add_argument("--preemptions", type=int, metavar="N", help="switches in a run")
    bound.add_argument("--failures", type=int, metavar="N", help="failed allocations in a run")
    _add_repeated(parser, "--property", "properties", "P", "check only this; may be repeated")
    add("--first", action="store_true", help="stop at the first counterexample")
    add("--jobs", type=int, default=0, metavar="N", help="processes (one a core)")
    add("--dask", metavar="ADDRESS", help="explore on this dask.distributed cluster")
    _add_repeated(
        parser, "--sweep", "sweep", "NAME=LIST", "one exploration a value; may be repeated"
    )
    add("--no-pruning", action="store_true", help="go on in states that were seen before")
    add("--no-reduction", action="store_true", help="switch where nobody could notice, too")
    add("--yes", action="store_true", help="start even where it will take long")
    add("--save", metavar="FILE", help="write the counterexample as a scenario")
    add("--json", action="store_true", help="print JSON for programs")
    parser.set_defaults(carry_out=carry_out)


def _add_repeated(
    parser: argparse.ArgumentParser, option: str, name: str, metavar: str, text: str
) -> None:
    parser.add_argument(option, action="append", default=[], dest=name, metavar=metavar, help=text)


def carry_out(options: argparse.Namespace) -> int:
    """Explore a scenario and tell what came of it."""
    from core.explore.explore import Ticker, kernel_subject
    from core.explore.sweep import possible, rows_of

    request = request_of(options)
    rows = possible(rows_of(request, options.sweep), kernel_subject()) if options.sweep else []
    if rows and options.save:
        raise ScenarioError("a sweep has no one counterexample to save", where="--save")
    if not options.yes:
        _ask([row.request for row in rows if not row.problem] or [request])
    with _stoppable() as stops, _shown() as show:
        ticker = Ticker(show, lambda: bool(stops))
        if rows:
            rows = _sweep(rows, options, ticker)
        else:
            answer = _explore(request, options, ticker)
    if rows:
        return _tell_rows(rows, options)
    if options.save:
        _save(Path(options.save), request, answer)
    return _tell(answer, request, options)


def request_of(options: argparse.Namespace) -> ExploreRequest:
    """Return what the words on the command line ask for."""
    from core.explore.request import ExploreRequest
    from core.scenario.loader import open_scenario

    if options.jobs < 0 or options.jobs > 1000:
        raise ScenarioError(f"expected 1 to 1000 processes, got {options.jobs}", where="--jobs")
    source = open_scenario(options.scenario)
    settings: dict[str, Any] = parse_settings(options.settings)
    return ExploreRequest(
        where=source.where,
        text=source.text,
        settings=settings,
        guard=options.guard,
        max_depth=options.max_depth,
        arch=options.arch,
        kernel=options.kernel,
        layout=options.layout,
        word=options.word,
        bound=_bound(options, source, settings),
        properties=tuple(dict.fromkeys(options.properties)) or None,
        pruning=not options.no_pruning,
        reduction=not options.no_reduction,
        jobs=options.jobs,
        first=options.first,
    )


def _bound(options: argparse.Namespace, source: ScenarioText, settings: dict[str, Any]) -> Bound:
    """Return the bound: what the options say, or else the scenario."""
    from core.explore.budget import pack
    from core.explore.result import Bound
    from core.scenario.loader import fill

    says = fill(source, settings).explore
    bound = Bound(
        *(
            says_so if given is None else given
            for given, says_so in (
                (options.preemptions, says.preemptions),
                (options.irqs, says.irqs),
                (options.failures, says.failures),
            )
        )
    )
    pack(bound)
    return bound


def _ask(requests: list[ExploreRequest]) -> None:
    """Refuse what would take ages, unless it was said to be meant.

    Raises:
        OwnerscopeError: It would.
    """
    from core.explore.estimate import estimate, too_many

    for request in requests:
        reason = too_many(request.bound, estimate(request))
        if reason:
            raise OwnerscopeError(
                reason, where="explore", advice="choose a lower bound, or add --yes"
            )


def _explore(request: ExploreRequest, options: argparse.Namespace, ticker: Ticker) -> Exploration:
    from core.explore.explore import explore, kernel_subject

    if options.dask is None:
        return explore(request, ticker=ticker)
    from core.explore.cluster import connected, on_cluster

    make = kernel_subject()
    with connected(options.dask) as client:
        return explore(request, make, ticker, on_cluster(client, request, make))


def _sweep(rows: list[Row], options: argparse.Namespace, ticker: Ticker) -> list[Row]:
    import msgspec

    from core.explore.explore import explore, kernel_subject
    from core.explore.result import INCOMPLETE

    todo = [row.request for row in rows if not row.problem]
    answers: list[Exploration | None] = []
    if options.dask is not None:
        from core.explore.cluster import connected, explore_all

        with connected(options.dask) as client:
            answers = explore_all(client, todo, kernel_subject(), ticker)
    else:
        for request in todo:
            answer = explore(request, ticker=ticker)
            answers.append(answer)
            if answer.verdict == INCOMPLETE:
                break
    waiting = iter(answers)
    return [
        row if row.problem else msgspec.structs.replace(row, answer=next(waiting, None))
        for row in rows
    ]


def _save(path: Path, request: ExploreRequest, answer: Exploration) -> None:
    from core.explore.saving import save
    from core.explore.words import simplest

    result = simplest(answer)
    if result is None:
        print("no counterexample: nothing saved", file=sys.stderr)
    else:
        save(path, request, result)


def _tell(answer: Exploration, request: ExploreRequest, options: argparse.Namespace) -> int:
    if options.json:
        print(json.dumps(as_json(answer), indent=2))
    else:
        from core.commands.explore_text import tell

        tell(answer, request)
    return _status([answer.verdict])


def _tell_rows(rows: list[Row], options: argparse.Namespace) -> int:
    from core.explore.sweep import verdicts

    if options.json:
        print(json.dumps({"schema": 1, "rows": [_row_as_json(row) for row in rows]}, indent=2))
    else:
        from core.commands.explore_text import tell_rows

        tell_rows(rows)
    return _status(verdicts(rows))


def _row_as_json(row: Row) -> dict[str, Any]:
    told: dict[str, Any] = {"values": row.values}
    if row.problem:
        told["problem"] = row.problem
    return {**told, **({} if row.answer is None else as_json(row.answer))}


def as_json(answer: Exploration) -> dict[str, Any]:
    """Return an answer as the documents for programs have it."""
    import msgspec

    fields: dict[str, Any] = msgspec.to_builtins(answer)
    if answer.graph is None:
        del fields["graph"]
    return {"schema": fields.pop("schema"), **fields}


def _status(verdicts: list[str]) -> int:
    if "counterexample" in verdicts:
        return 1
    return STOPPED if "incomplete" in verdicts else 0


@contextlib.contextmanager
def _stoppable() -> Iterator[list[float]]:
    """Let the first Ctrl+C only say that it came; one a second later ends it at once.

    What stops a whole group of processes may well send two signals to one of them.
    """
    stops: list[float] = []

    def stop(number: int, frame: object) -> None:
        stops.append(time.monotonic())
        if stops[-1] - stops[0] > _AGAIN_S:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stops
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _shown() -> Iterator[Any]:
    """Return what shows progress in a line of the terminal, and wipe the line at the end."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return

    def show(progress: Progress) -> None:
        from core.explore.words import progress_line

        print(f"\r\x1b[K{progress_line(progress)}", end="", file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
