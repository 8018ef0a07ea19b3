"""The text of a page_owner record, as every kernel since 5.4 writes it.

Linux 6.1 and others, mm/page_owner.c, print_page_owner()::

    Page allocated via order 0, mask 0x400dc0(GFP_KERNEL_ACCOUNT|__GFP_ZERO), pid 1, tgid 1 (init),
        ts 497213712 ns, free_ts 0 ns                                 (one line)
    PFN 256 type Unmovable Block 0 type Unmovable Flags 0x0(zone=0)
     innermost+0x1/0x2 [module]
     ...
    Page has been migrated, last migrate reason: compaction           (only if so)
    Charged to memcg /                                                (only if so)
    (a blank line)

Three pieces repeat from record to record and are understood once: the head (all of the first line
before the times), the type in the second line, and the tail (all that follows the second line).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from core.recording.profile import KERNEL, NO_VALUE, UNKNOWN, Frame
from core.recording.readers.frames import frame_of, module_of

HEAD_BEGIN = b"Page allocated via order "

_SYMBOL = rb"[^\s\[\]()|=,;]+|\(null\)"
_MODULE = rb"(?: \[[^\]\n]+\])?(?: \([A-Z]+\))?"
_FRAME = rb"[ \t]+(?:" + _SYMBOL + rb")" + _MODULE
_MIGRATED = rb"Page has been migrated, last migrate reason: [^\n]*"
_SLAB = rb"Slab cache page"
_CHARGED = rb"Charged [^\n]*?to (?:offline )?memcg [^\n]*"
_EXTRA = rb"(?:" + rb"|".join((_MIGRATED, _SLAB, _CHARGED)) + rb")"

FRAME = re.compile(_FRAME)
WHOLE_FRAME = re.compile(rb"[ \t]+\S+\+0x[0-9a-f]+/0x[0-9a-f]+" + _MODULE)
"""A frame that shows its end: what a line cut short is held to."""
EXTRA = re.compile(_EXTRA)
TAIL = re.compile(rb"(?:" + _FRAME + rb"\n)+(?:" + _EXTRA + rb"\n)*")

_HEAD = re.compile(
    HEAD_BEGIN + rb"(\d{1,4}), mask 0x[0-9a-f]+\(([^()\n]*)\)"
    rb"(?:, pid (-?\d{1,10})(?:, tgid (-?\d{1,10}) \(([^\n]*)\))?)?"
)
HEADER = re.compile(
    rb"(" + HEAD_BEGIN + rb"[^\n]*?)(?:, ts (\d{1,20}) ns(?:, free_ts (\d{1,20}) ns)?)?"
)
"""Head and times of a first line. The command may be any text, even text that reads like the times,
and the line ends with the real ones: so they are the last."""
PFN = re.compile(rb"PFN (0x[0-9a-f]{1,16}|\d{1,20}) type (\S+) Block [^\n]* Flags [^\n]*")
WEIGHT = re.compile(
    rb"(\d{1,18}) times(?:, (\d{1,18}) pages)?(?:, PID (-?\d{1,10}))?(?:, TGID (-?\d{1,10}))?"
    rb"(?:, task_comm_name: ([^\n]*?))?(?:, allocated by [^\n]*?)?(?: \((?:UN)?RELEASED\))?:?"
)
"""What page_owner_sort (tools/vm, since 6.3 tools/mm) writes before a record or, where it culls,
instead of its first lines."""

_CHARGED_TO = re.compile(rb"^Charged (?:\(([^)\n]*)\) )?to (offline )?memcg ([^\n]*)", re.MULTILINE)


class Head(NamedTuple):
    """What the head of a record says.

    Attributes:
        order: Order of the allocation; ``UNKNOWN`` where no head was there to say.
        gfp: Names of the allocation flags, as ``GFP_KERNEL|__GFP_ZERO``.
        pid: Task that allocated.
        tgid: Its process.
        comm: Name of the task.
    """

    order: int = UNKNOWN
    gfp: str = NO_VALUE
    pid: str = NO_VALUE
    tgid: str = NO_VALUE
    comm: str = NO_VALUE


class Tail(NamedTuple):
    """What follows a record's second line.

    Attributes:
        frames: The stack, root first.
        module: Of the innermost frame that lies in a module, else the kernel.
        memcg: Memory control group the page is charged to; what else that line says in brackets.
    """

    frames: tuple[Frame, ...] = ()
    module: str = KERNEL
    memcg: str = NO_VALUE


NO_TAIL = Tail()


def text_of(data: bytes) -> str:
    """Return bytes as text; what is no UTF-8 stays visible and different."""
    return data.decode("utf-8", "backslashreplace")


def head_of(data: bytes) -> Head | None:
    """Return what a head says, None where it is none."""
    found = _HEAD.fullmatch(data)
    if found is None:
        return None
    order, *others = found.groups(b"")
    return Head(int(order), *map(text_of, others))


def is_tail(data: bytes) -> bool:
    """Return whether text is frames and the known lines after them, nothing else."""
    return TAIL.fullmatch(data) is not None


def tail_of(data: bytes) -> Tail:
    """Return what the lines say that follow a record's second line."""
    lines = data.split(b"\n")
    inner_first = [frame_of(text_of(line)) for line in lines if line[:1] in b" \t" and line.strip()]
    frames = tuple(reversed(inner_first))
    charged = _CHARGED_TO.search(data)
    memcg = _memcg(*charged.groups()) if charged is not None else NO_VALUE
    return Tail(frames, module_of(frames), memcg)


def _memcg(how: bytes | None, offline: bytes | None, name: bytes) -> str:
    notes = ["offline"] if offline else []
    if how:
        notes.append(text_of(how))
    return text_of(name) + (f" ({', '.join(notes)})" if notes else "")
