"""What the fields of an event say about memory: the kmem events of include/trace/events/kmem.h."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.recording.profile import BYTES, PAGES, UNKNOWN, Frame
from core.recording.readers.frames import frame_of
from core.recording.readers.ftrace_lines import MOST_NUMBER

_FIELD = re.compile(r"(\w+)=(\S+)")
_NULL = re.compile(r"\(null\)|\(nil\)|(?:0x)?0+")
_DIMENSIONS = {"gfp": "gfp_flags", "order": "order", "call_site": "call_site"}
_TYPES = {"0": "Unmovable", "1": "Movable", "2": "Reclaimable", "3": "HighAtomic"}
"""enum migratetype (include/linux/mmzone.h) in the words of page_owner and /proc/pagetypeinfo; what
comes after depends on how the kernel was configured and stays a number."""

_MOST_ORDER = 20
_PAGE_SHIFT = 12
"""The events count pages and do not say how large these are: as page_owner_sort, 4 KiB."""


class Memory(NamedTuple):
    """What an event says about memory.

    Attributes:
        dimensions: gfp, order, type and call_site, where it has them.
        weights: Pages of page events and their bytes, whether allocated or freed; bytes that a slab
            event allocated, those that it frees are not told.
        numbers: pfn.
        call_site: The frame that allocated, where the event names it.
    """

    dimensions: dict[str, str]
    weights: dict[str, int]
    numbers: dict[str, int]
    call_site: Frame | None


def memory_of(event: str, text: str) -> Memory:
    """Return what an event says about memory.

    Args:
        event: Its name, without the system it belongs to.
        text: Its fields, ``name=value`` with spaces between.
    """
    fields = dict(_FIELD.findall(text))
    dimensions = {name: fields[key] for name, key in _DIMENSIONS.items() if key in fields}
    if (migrate := fields.get("migratetype")) is not None:
        dimensions["type"] = _TYPES.get(migrate, migrate)
    site = None
    if "call_site" in dimensions:
        site = frame_of(dimensions["call_site"])
        dimensions["call_site"] = site.name
    numbers = {}
    pfn = _number(fields.get("pfn"))
    if event.startswith("mm_page_") and pfn != UNKNOWN and not _failed(fields):
        numbers["pfn"] = pfn
    return Memory(dimensions, _weights(event, fields), numbers, site)


def _weights(event: str, fields: dict[str, str]) -> dict[str, int]:
    if event.startswith("mm_page_"):
        order = _number(fields.get("order"))
        if _failed(fields):
            return {PAGES: 0, BYTES: 0}
        if not 0 <= order <= _MOST_ORDER:
            return {}
        pages = 1 << order
        return {PAGES: pages, BYTES: pages << _PAGE_SHIFT}
    allocated_bytes = _number(fields.get("bytes_alloc"))
    return {BYTES: allocated_bytes} if allocated_bytes >= 0 else {}


def _failed(fields: dict[str, str]) -> bool:
    """Return whether an allocation got no page: then the event has neither page nor pfn."""
    page = fields.get("page", "")
    return _NULL.fullmatch(page) is not None and _number(fields.get("pfn")) == 0


def _number(text: str | None) -> int:
    """Return a number as the kernel prints it, ``UNKNOWN`` where it is none that fits."""
    try:
        number = int(text or "", 16 if (text or "").startswith("0x") else 10)
    except ValueError:
        return UNKNOWN
    return number if 0 <= number <= MOST_NUMBER else UNKNOWN
