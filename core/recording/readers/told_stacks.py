"""Stacks in a kernel log that are not those of the task that reports: who allocated, who freed.

Each has a line of its own above it, from __dump_page_owner() (mm/page_owner.c, for dump_page()) or
from KASAN's print_track() and its list of what queued work (mm/kasan/report.c, report_generic.c):

- ``page last allocated via order 0, migratetype Unmovable, gfp_mask 0x..(..)``, since 5.11 with
  pid, ts and free_ts, since 5.18 with tgid and command; up to 5.3 without ``last``;
- ``page last free stack trace:`` since 5.4, since 6.8 with pid and tgid before ``stack trace``;
- ``Allocated by task 5:``, ``Freed by task 5:``, since 6.8 with ``on cpu 1 at 12.345678s``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from core.recording.readers.ftrace_lines import MOST_NUMBER

_ALLOCATED = re.compile(
    r"\s*page (?:last )?allocated via order (?P<order>\d{1,2}), migratetype (?P<type>\w+), "
    r"gfp_mask (?P<gfp>0x[0-9a-f]+\([^)]*\)|0x[0-9a-f]+)"
    r"(?:, pid (?P<pid>-?\d+))?(?:, tgid (?P<tgid>-?\d+) \((?P<comm>.*)\))?"
    r"(?:, ts (?P<ts_ns>\d+))?(?:, free_ts (?P<free_ts_ns>\d+))?\s*"
)
_FREED = re.compile(
    r"\s*page last free (?:pid (?P<pid>-?\d+) tgid (?P<tgid>-?\d+) )?stack trace:\s*"
)
_KASAN = re.compile(
    r"\s*(?P<what>Allocated|Freed) by task (?P<pid>\d+)"
    r"(?: on cpu (?P<cpu>\d+) at (?P<second>\d{1,10})\.(?P<part>\d{6})s)?:\s*"
)
_WORK = re.compile(
    r"\s*(?:Second to last|Last) (?:potentially related work creation|call_rcu\(\)):\s*"
)
_PAGE = re.compile(r"\s*page:.*\brefcount:.*")
_PFN = re.compile(r"\bpfn:(?:0x)?(?P<pfn>[0-9a-f]{1,16})\b")
_ENDS = re.compile(
    r"\s*|\s*(?:The buggy address|Memory state around|page_owner |page has been migrated|={8}|CPU: "
    r").*"
)
_DIMENSIONS = ("order", "type", "gfp", "pid", "tgid", "comm", "cpu")


class Told(NamedTuple):
    """The line above a stack.

    Attributes:
        kind: Whose stack it is.
        dimensions: order, type, gfp, pid, tgid, comm and cpu, where it says them.
        numbers: ts_ns, when the stack was taken, and free_ts_ns.
    """

    kind: str
    dimensions: dict[str, str]
    numbers: dict[str, int]


def told(message: str) -> Told | None:
    """Return what the line above such a stack says, None for any other line."""
    for kind, pattern in (("page allocated", _ALLOCATED), ("page freed", _FREED)):
        if (found := pattern.fullmatch(message)) is not None:
            return Told(kind, _dimensions(found), _times(found))
    if (found := _KASAN.fullmatch(message)) is not None:
        return Told(f"object {found['what'].lower()}", _dimensions(found), _moment(found))
    return Told("work queued", {}, {}) if _WORK.fullmatch(message) is not None else None


def ends_told(message: str) -> bool:
    """Return whether a line cannot stand inside such a stack, which has no line that ends it."""
    return _ENDS.fullmatch(message) is not None


def dumped_page(message: str) -> dict[str, int] | None:
    """Return the pfn in the first line of dump_page() (mm/debug.c; since 5.11), if it is one."""
    if _PAGE.fullmatch(message) is None:
        return None
    found = _PFN.search(message)
    return _fitting({"pfn": int(found["pfn"], 16)}) if found is not None else {}


def _dimensions(found: re.Match[str]) -> dict[str, str]:
    said = found.groupdict()
    return {name: said[name] for name in _DIMENSIONS if said.get(name)}


def _times(found: re.Match[str]) -> dict[str, int]:
    said = found.groupdict()
    return _fitting({each: int(said[each]) for each in ("ts_ns", "free_ts_ns") if said.get(each)})


def _moment(found: re.Match[str]) -> dict[str, int]:
    if found["second"] is None:
        return {}
    return {"ts_ns": int(found["second"]) * 10**9 + int(found["part"]) * 1000}


def _fitting(numbers: dict[str, int]) -> dict[str, int]:
    """Leave out what is too large for a column: then a digit is wrong."""
    return {name: number for name, number in numbers.items() if number <= MOST_NUMBER}
