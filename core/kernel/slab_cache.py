"""A kmalloc cache and its slabs: its size class and bounds, its lists, and its state.

Sizes and bounds: mm/slub.c, mm/slab_common.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.trace.info import CacheInfo

if TYPE_CHECKING:
    from core.kernel.pages import Page

MIN_PARTIAL_SLABS, MAX_PARTIAL_SLABS = 5, 10
"""mm/slub.c, MIN_PARTIAL and MAX_PARTIAL: bounds of what a node keeps before it frees one."""

_MIN_OBJECTS = 16
_MAX_SLAB_ORDER = 3


class Slab:
    """One slab; it also stands for any object in it."""

    __slots__ = ("cache", "free_objects", "number", "on_list", "page")

    def __init__(self, cache: Cache, page: Page | None, free_objects: int, number: int = 0) -> None:
        self.number = number
        self.cache = cache
        self.page = page
        self.free_objects = free_objects
        self.on_list = ""


_Held = list[tuple[Slab, int, str]]
"""Some slabs, each with its free objects and the list it is on."""


class Cache:
    """One kmalloc cache.

    Args:
        object_bytes: Size class.
        page_bytes: Page size.
    """

    def __init__(self, object_bytes: int, page_bytes: int) -> None:
        self.object_bytes = object_bytes
        self.name = f"kmalloc-{_short(object_bytes)}"
        # At least 16 objects a slab, at most order 3: agrees with every kmalloc cache in the
        # slabinfo of a running 6.1 kernel.
        self.order = 0
        while self.order < _MAX_SLAB_ORDER and (page_bytes << self.order) < (
            object_bytes * _MIN_OBJECTS
        ):
            self.order += 1
        self.min_order = max(0, (object_bytes - 1).bit_length() - (page_bytes - 1).bit_length())
        # mm/slub.c, set_min_partial: ilog2(size) / 2 within the bounds.
        half_log = (object_bytes.bit_length() - 1) // 2
        self.min_partial = min(MAX_PARTIAL_SLABS, max(MIN_PARTIAL_SLABS, half_log))
        self.objects = (page_bytes << self.order) // object_bytes
        self.taken_code = self.freed_code = 0
        """Events of an object taken from, or given to, the cpu's freelist; 0 until the first."""
        self.installed_codes: dict[tuple[str, str], int] = {}
        """By where a new slab of the cpu comes from and which list the old one went to."""
        self.returned_codes: dict[tuple[str, int], int] = {}
        """By the list its slab joined, and the objects of a slab that was given up."""
        self.current: Slab | None = None
        self.cpu_partial: list[Slab] = []
        self.node_partial: list[Slab] = []
        self.state_at_start: tuple[int, ...] = ()
        self._start: tuple[_Held, _Held, _Held] = ([], [], [])

    def info(self) -> CacheInfo:
        """Return what the cache holds right now, as a trace keeps it."""
        slabs = [*self.cpu_partial, *self.node_partial]
        return CacheInfo(
            self.name,
            self.object_bytes,
            self.order,
            self.objects,
            -1 if self.current is None else self.current.free_objects,
            len(self.cpu_partial),
            len(self.node_partial),
            sum(slab.free_objects for slab in slabs),
        )

    def state(self) -> tuple[int, ...]:
        """Return the cache's own slab and partial ones, each with its free objects."""
        slab = self.current
        state = [-1 if slab is None else slab.number << 12 | slab.free_objects]
        partials = (*self.cpu_partial, *self.node_partial)
        if partials:
            state.append(len(self.cpu_partial) << 8 | len(self.node_partial))
            state += [partial.number << 12 | partial.free_objects for partial in partials]
        return tuple(state)

    def remember_start(self) -> None:
        """Keep the state before the first event, to start from it again."""
        self._start = (
            _held([self.current] if self.current is not None else []),
            _held(self.cpu_partial),
            _held(self.node_partial),
        )
        self.state_at_start = self.state()

    def start_again(self) -> None:
        """Be as before the first event."""
        own, cpu_partial, node_partial = self._start
        self.current = next(iter(_slabs_again(own)), None)
        self.cpu_partial[:] = _slabs_again(cpu_partial)
        self.node_partial[:] = _slabs_again(node_partial)


def _held(slabs: list[Slab]) -> _Held:
    return [(slab, slab.free_objects, slab.on_list) for slab in slabs]


def _slabs_again(held: _Held) -> list[Slab]:
    for slab, free_objects, on_list in held:
        slab.free_objects, slab.on_list = free_objects, on_list
    return [slab for slab, _, _ in held]


def _short(size_bytes: int) -> str:
    return f"{size_bytes // 1024}k" if size_bytes >= 1024 else str(size_bytes)


def size_classes(page_bytes: int, min_bytes: int) -> list[int]:
    """Return the kmalloc size classes in bytes, rising (mm/slab_common.c, kmalloc_info)."""
    classes = []
    size = min_bytes
    while size <= 2 * page_bytes:
        classes.append(size)
        size *= 2
    if min_bytes <= 64:
        classes += [96, 192]
    return sorted(classes)
