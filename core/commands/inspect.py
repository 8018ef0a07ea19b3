"""``ownerscope inspect``: what a recording of a real kernel holds, or how two differ."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from core.errors import RecordingError

if TYPE_CHECKING:
    from core.commands import Commands
    from core.recording.inspect import Inspected, Told

NAME = "inspect"

_EPILOG = """\
FILE is a page_owner dump or page_owner_stacks, text of ftrace (function_graph, function, events
with stacks), trace-cmd report, perf script, folded stacks, speedscope or Chrome JSON, a kernel log,
a saved trace, or '-' for standard input; its content tells which, and it may be packed (gzip, xz,
bzip2, zstd).

EXPR picks records: NAME OP VALUE, joined by and, or, not and parentheses. OP is = != ~ !~ (a
regular expression) < <= > >=. NAME is order, gfp, pid, tgid, comm, memcg, type, module, pages,
bytes, ts, age (before the newest record), function (any on the stack), frame, innermost, root,
depth, special, subsystem, and whatever else the file has. A word alone is looked for in the
functions. Times take us, ms, s, m, h, and sizes KiB, MiB.

  ownerscope inspect page_owner.txt --by function --top 10
  ownerscope inspect page_owner.txt.zst --filter 'order >= 2 and not ext4 and age > 10s'
  ownerscope inspect after.txt --diff before.txt --by subsystem
  cat /sys/kernel/debug/page_owner | ownerscope inspect - --json
"""

_QUIET_S = 0.5
"""A file that is read sooner needs no progress."""
_BETWEEN_S = 0.1


def add_to(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        NAME,
        help="what a recording of a real kernel holds",
        description="Show what a recording of a real kernel holds: page_owner dumps, ftrace, perf.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("file", metavar="FILE", help="what to read (see below)")
    add(
        "--by",
        default="",
        metavar="NAME",
        help="group by stack, function, module, comm, pid, gfp, order, memcg, subsystem, special or"
        " any other text the file has",
    )
    add("--top", type=int, default=20, metavar="N", help="how many groups, 0 for all (20)")
    add("--weight", default="", metavar="W", help="sort by records, pages, bytes or ns")
    add("--filter", default="", metavar="EXPR", help="look only at some records (see below)")
    add("--diff", default="", metavar="BASE", help="compare with another recording")
    add("--normalised", action="store_true", help="compare shares of everything, not weights")
    add("--json", action="store_true", help="print JSON for programs")
    parser.set_defaults(carry_out=run)


def run(options: argparse.Namespace) -> int:
    """Show what a recording holds."""
    if options.top < 0:
        raise RecordingError(f"{options.top} is less than 0", where="--top", advice="0 shows all")
    if options.file == options.diff == "-":
        raise RecordingError("standard input can be read only once", where="--diff")
    if options.normalised and not options.diff:
        raise RecordingError("there is nothing to compare with", where="--normalised",
                             advice="give --diff BASE too")  # fmt: skip
    if options.filter.strip():
        from core.recording.questions.expression import parse

        parse(options.filter)  # a mistake is told before a large file is read
    told = _told(options)
    if options.json:
        import json

        print(json.dumps(told, indent=2))
    else:
        from core.commands.inspect_text import tell

        tell(told)
    return 0


def _told(options: argparse.Namespace) -> Told:
    from core.recording.inspect import Asked, inspect

    asked = Asked(options.by, options.top, options.filter, options.weight, options.normalised)
    recording = _opened(options.file)
    base = _opened(options.diff) if options.diff else None
    return inspect(recording, asked, base)


def _opened(where: str) -> Inspected:
    from core.recording.inspect import opened

    if sys.stderr is None or not sys.stderr.isatty():
        return opened(where)
    progress = ProgressLine()
    try:
        return opened(where, progress)
    finally:
        progress.clear()


class ProgressLine:
    """A line on stderr with how far reading has come, for files that take their time."""

    def __init__(self) -> None:
        self._began = self._told = time.monotonic()
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        """Show how many bytes were read."""
        now = time.monotonic()
        if now - self._began < _QUIET_S or now - self._told < _BETWEEN_S:
            return
        self._told, self._shown = now, True
        sys.stderr.write(f"\r\x1b[K{progress_text(done, total, now - self._began)}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def progress_text(done: int, total: int, seconds: float) -> str:
    """Return how far reading has come.

    Args:
        done: Bytes read of the file.
        total: Bytes it has, 0 where that is not known.
        seconds: How long it took.
    """
    rate = f"{done / 1e6 / seconds:,.0f} MB/s" if seconds > 0 else ""
    if not total:
        return f"read {done / 1e6:,.0f} MB, {rate}"
    return f"read {done / 1e6:,.0f} of {total / 1e6:,.0f} MB, {rate}, {done / total:.0%}"
