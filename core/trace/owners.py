"""The owner records at a position, as /sys/kernel/debug/page_owner would show them then."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.trace.events import Kind
from core.trace.trace import Trace

_KINDS = (
    Kind.PAGE_ALLOCATED,
    Kind.OWNER_SET,
    Kind.OWNER_HANDLE,
    Kind.OWNER_FREED,
    Kind.FREE_HANDLE,
)


@dataclass(frozen=True, slots=True)
class OwnerRecord:
    """struct page_owner of a block's first page, and whether it is marked allocated.

    Attributes:
        pfn: Page frame number.
        order: Order of the block.
        gfp: Mask it was asked for with, as the kernel prints it.
        pid: Task that asked.
        ts_ns: Simulated time at which the record was written.
        handle: Number of the stack that allocated it (1 dummy, 2 failure).
        free_handle: Number of the stack that freed it, 0 where nobody has.
        free_ts_ns: Simulated time at which it was freed, 0 where it was not.
        allocated: PAGE_EXT_OWNER_ALLOCATED.
        set_at: Position of the event that wrote the record.
    """

    pfn: int
    order: int
    gfp: str
    pid: int
    ts_ns: int
    handle: int
    free_handle: int
    free_ts_ns: int
    allocated: bool
    set_at: int


def owner_records_at(trace: Trace, position: int) -> dict[int, OwnerRecord]:
    """Return the records written in the run up to a position, by page frame number.

    Pages that were in use before the run (early_handle) have no events and are not in here.
    """
    records: dict[int, OwnerRecord] = {}
    asked: dict[int, tuple[int, str]] = {}
    pfn = 0
    for at in trace.positions(*_KINDS).tolist():
        if at > position:
            break
        site, argument = trace.site(at), trace.argument(at)
        match site.kind:
            case Kind.PAGE_ALLOCATED:
                asked[argument] = int(site.fact("order")), site.fact("gfp")
            case Kind.OWNER_SET:
                pfn = argument
                records[pfn] = _written(trace, at, pfn, asked[pfn])
            case Kind.OWNER_HANDLE:
                records[pfn] = replace(records[pfn], handle=argument)
            case Kind.OWNER_FREED:
                pfn = argument
                if pfn in records:
                    freed_ns = trace.clock_ns(at)
                    records[pfn] = replace(records[pfn], allocated=False, free_ts_ns=freed_ns)
            case Kind.FREE_HANDLE:
                if pfn in records:
                    records[pfn] = replace(records[pfn], free_handle=argument)
    return records


def _written(trace: Trace, at: int, pfn: int, asked: tuple[int, str]) -> OwnerRecord:
    order, gfp = asked
    pid = trace.info.tasks[trace.task_at(at)].pid
    return OwnerRecord(
        pfn=pfn,
        order=order,
        gfp=gfp,
        pid=pid,
        ts_ns=trace.clock_ns(at),
        handle=0,
        free_handle=0,
        free_ts_ns=0,
        allocated=True,
        set_at=at,
    )
