"""``ownerscope convert``: a recording, or a saved run, written in another format."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.commands import Commands
    from core.recording.profile import StackProfile
    from core.recording.reading import Reading
    from core.trace.trace import Trace

NAME = "convert"

_HEAD_BYTES = 1 << 17
"""What may be needed to tell a saved trace (``core.trace.file.looks_like_trace``)."""


def add_to(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        NAME,
        help="write a recording or a saved run in another format",
        description="Read IN, a recording of a real kernel in any format that 'ownerscope inspect'"
        " reads or a saved run, and write it to OUT.",
        epilog="Formats: folded, speedscope, chrome, perfetto, pprof, csv, parquet, ownertrace. The"
        " end of OUT's name tells which: .folded and .txt, .speedscope.json, .json (chrome where IN"
        " has order, else speedscope), .perfetto-trace and .pftrace, .pb.gz and .pprof, .csv,"
        " .parquet, .ownertrace. Folded stacks and pprof hold how often each stack was there, and"
        " no order; chrome, perfetto and ownertrace need it.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("recording", metavar="IN", help="the file, packed or not; '-' is standard input")
    add("out", metavar="OUT", help="where to; '-' is standard output, with --to")
    add("--to", metavar="FORMAT", help="the format, whatever OUT is called")
    parser.set_defaults(carry_out=run)


def run(options: argparse.Namespace) -> int:
    """Write a recording in another format."""
    from core.recording.convert import TRACE, convert, target_of

    target_of(options.out, options.to, TRACE)  # a word that is wrong is said before a long reading
    content, reading = _read(options.recording)
    convert(content, options.out, options.to)
    if reading is not None:
        for sentence in _left_out(reading):
            print(f"ownerscope: {sentence}", file=sys.stderr)
    return 0


def _read(where: str) -> tuple[Trace | StackProfile, Reading | None]:
    """Return what a file holds, and the reader's notes where it is a recording.

    Raises:
        OwnerscopeError: It cannot be read, or is in no format that is known.
    """
    from core.recording.opening import open_recording
    from core.trace.file import load, looks_like_trace

    if looks_like_trace(_first_bytes(where)):
        return load(Path(where)), None
    recording = open_recording(where)
    return recording.content, recording.reading


def _first_bytes(where: str) -> bytes:
    """Return a file's first bytes; nothing of what can be read only once, or not at all."""
    try:
        if Path(where).is_file():
            with Path(where).open("rb") as file:
                return file.read(_HEAD_BYTES)
    except (OSError, ValueError):
        pass
    return b""


def _left_out(reading: Reading) -> list[str]:
    """Say in a line each what of a file could not be understood, and what its reader noted."""
    parts = [_counted(reading.bad_lines, "line"), _counted(reading.bad_records, "record")]
    if not any(parts):
        return reading.notes
    first = f"; {reading.first_bad}" if reading.first_bad else ""
    bad = f"{' and '.join(filter(None, parts))} could not be understood{first}"
    return [bad, *reading.notes]


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}" if number else ""
