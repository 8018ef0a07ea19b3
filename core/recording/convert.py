"""A recording written in another format: which formats there are, and which one is meant."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from core.errors import RecordingError, did_you_mean
from core.saving import opened_aside

if TYPE_CHECKING:
    from core.recording.profile import StackProfile
    from core.trace.trace import Trace

    Write = Callable[[Trace | StackProfile, BinaryIO], None]

STANDARD_OUTPUT = "-"
TRACE, PROFILE = "trace", "profile"


@dataclass(frozen=True, slots=True)
class Target:
    """A format that can be written.

    Attributes:
        name: Its name on the command line.
        title: Its name for people.
        module: The module in ``core.recording.writers``.
        suffixes: Ends of file names that mean it.
        takes: What can be written: a trace, a profile. A trace is made into a profile where only
            profiles can be; the other way there is none.
        function: The function of the module.
    """

    name: str
    title: str
    module: str
    suffixes: tuple[str, ...]
    takes: tuple[str, ...] = (TRACE, PROFILE)
    function: str = "write"


TARGETS = (
    Target("folded", "folded stacks", "folded", (".folded", ".collapsed", ".txt"), (PROFILE,)),
    Target("speedscope", "speedscope", "speedscope", (".speedscope.json", ".speedscope")),
    Target("chrome", "Chrome trace events", "chrome", (".json",), (TRACE,)),
    Target(
        "perfetto", "Perfetto", "perfetto", (".perfetto-trace", ".pftrace", ".perfetto"), (TRACE,)
    ),
    Target("pprof", "pprof", "pprof", (".pb.gz", ".pprof", ".pb"), (PROFILE,)),
    Target("csv", "CSV", "table", (".csv",), function="write_csv"),
    Target("parquet", "Parquet", "table", (".parquet",), function="write_parquet"),
    Target("ownertrace", "saved trace of ownerscope", "saved", (".ownertrace",), (TRACE,)),
)
"""Every format that is written. ``.json`` is Chrome's of a trace, and speedscope of a profile,
because each opens in speedscope and only a trace can be Chrome's."""


def target_of(out: str, to: str | None, kind: str) -> Target:
    """Return the format that is meant: the one named, else the one the file's name ends in.

    Args:
        out: Where to; ``-`` for standard output.
        to: Name of the format, None to tell it by ``out``.
        kind: What is to be written, ``TRACE`` or ``PROFILE``.

    Raises:
        RecordingError: It cannot be told, or there is no such format.
    """
    by_name = {each.name: each for each in TARGETS}
    if to is not None:
        if to not in by_name:
            raise RecordingError(
                f"there is no format {to!r}", where="--to", advice=did_you_mean(to, by_name)
            )
        return by_name[to]
    ends = [(end, each) for each in TARGETS for end in each.suffixes]
    fitting = [(len(end), end, each) for end, each in ends if out.lower().endswith(end)]
    if not fitting:
        raise RecordingError(
            "which format is meant cannot be told from this name",
            where="standard output" if out == STANDARD_OUTPUT else out,
            advice=f"name it with --to: {', '.join(by_name)}",
        )
    _, end, target = max(fitting, key=lambda each: each[0])
    return by_name["speedscope"] if (end, kind) == (".json", PROFILE) else target


def convert(content: Trace | StackProfile, out: Path | str, to: str | None = None) -> Target:
    """Write a trace or a profile in another format; a file is written aside and renamed.

    Args:
        content: What to write.
        out: Where to; ``-`` for standard output.
        to: Name of the format, None to tell it by ``out``.

    Returns:
        The format.

    Raises:
        RecordingError: The format cannot be told, cannot hold what is to be written, needs a
            package that is not installed, or the file cannot be written.
    """
    from core.recording.profile import StackProfile

    kind = PROFILE if isinstance(content, StackProfile) else TRACE
    target = target_of(str(out), to, kind)
    if kind not in target.takes:
        content = _as_profile(content, target)
    module = import_module(f"core.recording.writers.{target.module}")
    write: Write = getattr(module, target.function)
    if str(out) == STANDARD_OUTPUT:
        if sys.stdout is None:
            raise RecordingError("it is closed", where="standard output", advice="name a file")
        write(content, sys.stdout.buffer)
        return target
    try:
        with opened_aside(Path(out)) as stream:
            write(content, stream)
    except OSError as error:
        raise RecordingError(
            f"cannot write the file: {error.strerror or error}",
            where=str(out),
            advice="write it elsewhere",
        ) from None
    return target


def _as_profile(content: Trace | StackProfile, target: Target) -> StackProfile:
    from core.recording.from_trace import profile_of
    from core.recording.profile import StackProfile

    if isinstance(content, StackProfile):
        able = ", ".join(each.name for each in TARGETS if PROFILE in each.takes)
        raise RecordingError(
            f"a profile has no order, and {target.title} cannot do without one",
            where=f"--to {target.name}",
            advice=f"write one of {able}",
        )
    return profile_of(content)
