"""What SLUB makes of an object size: the order of a slab, and how many objects are in it.

The rules are those of ``calculate_order`` in mm/slub.c, which v6.7 rewrote.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.layout.abi import align_up

MAX_ORDER = 3
"""slub_max_order: PAGE_ALLOC_COSTLY_ORDER."""

_BUDDY_MAX_ORDER = 10
_MOST_OBJECTS = 32767
"""MAX_OBJS_PER_PAGE: the counter of a slab has 15 bits."""

REWRITTEN_IN = (6, 7)


@dataclass(frozen=True, slots=True)
class SlabRules:
    """What SLUB goes by.

    Attributes:
        release: Kernel version as (major, minor).
        cpus: CPUs present (where there is one: CPUs possible).
        page_bytes: PAGE_SIZE.
    """

    release: tuple[int, int]
    cpus: int
    page_bytes: int = 4096

    @property
    def min_objects(self) -> int:
        """How many objects a slab should have at least: more CPUs, larger slabs."""
        return 4 * (self.cpus.bit_length() + 1)


@dataclass(frozen=True, slots=True)
class Slab:
    """A slab of one cache.

    Attributes:
        object_bytes: What an object takes, alignment included.
        order: Its size in pages is 2 to the power of this.
        objects: How many objects are in it.
        slab_bytes: Its size.
    """

    object_bytes: int
    order: int
    objects: int
    slab_bytes: int

    @property
    def waste_bytes(self) -> int:
        """What is left over in a slab."""
        return self.slab_bytes - self.objects * self.object_bytes

    @property
    def bytes_per_object(self) -> float:
        """What an object costs, its share of the waste included."""
        return self.slab_bytes / self.objects

    def memory_bytes(self, count: int) -> int:
        """Return what so many objects take, in whole slabs."""
        return -(-count // self.objects) * self.slab_bytes


def slab_of(object_bytes: int, rules: SlabRules) -> Slab:
    """Return the slab that SLUB makes for objects of a size (alignment included)."""
    order = slab_order(object_bytes, rules)
    slab_bytes = rules.page_bytes << order
    return Slab(object_bytes, order, max(slab_bytes // object_bytes, 1), slab_bytes)


def growth_left(object_bytes: int, align_bytes: int, rules: SlabRules) -> int:
    """Return by how many bytes objects can grow before a slab holds one fewer.

    Args:
        object_bytes: What an object takes now, a multiple of ``align_bytes``.
        align_bytes: Objects grow in steps of this.
        rules: What SLUB goes by.
    """
    objects, size_bytes = slab_of(object_bytes, rules).objects, object_bytes
    if objects == 1:
        return 0
    while slab_of(size_bytes + align_bytes, rules).objects >= objects:
        size_bytes += align_bytes
    return size_bytes - object_bytes


def aligned_object(object_bytes: int, align_bytes: int, pointer_bytes: int) -> int:
    """Return what an object takes: its size up to whole pointers and to the cache's alignment.

    SLUB's ``calculate_sizes`` (mm/slub.c, v6.1) aligns it in this order.
    """
    return align_up(align_up(object_bytes, pointer_bytes), align_bytes)


def slab_order(size_bytes: int, rules: SlabRules) -> int:
    """Return the order of the slabs for objects of a size."""
    if rules.release >= REWRITTEN_IN:
        return _order_since_6_7(size_bytes, rules)
    return _order_before_6_7(size_bytes, rules)


def _get_order(size_bytes: int, page_bytes: int) -> int:
    """Return the least order whose slab holds so many bytes."""
    return ((size_bytes - 1) // page_bytes).bit_length()


def _fits_well(order: int, size_bytes: int, fraction: int, page_bytes: int) -> bool:
    """Whether a slab leaves over no more than one part in ``fraction``."""
    slab_bytes = page_bytes << order
    return slab_bytes % size_bytes <= slab_bytes // fraction


def _order_since_6_7(size_bytes: int, rules: SlabRules) -> int:
    page_bytes = rules.page_bytes
    most = max(1, (page_bytes << MAX_ORDER) // size_bytes)
    lowest = _get_order(min(rules.min_objects, most) * size_bytes, page_bytes)
    if (page_bytes << lowest) // size_bytes > _MOST_OBJECTS:
        return _get_order(size_bytes * _MOST_OBJECTS, page_bytes) - 1
    for fraction in (16, 8, 4, 2):
        for order in range(lowest, MAX_ORDER + 1):
            if _fits_well(order, size_bytes, fraction, page_bytes):
                return order
    return _get_order(size_bytes, page_bytes)


def _order_before_6_7(size_bytes: int, rules: SlabRules) -> int:
    page_bytes = rules.page_bytes
    if page_bytes // size_bytes > _MOST_OBJECTS:
        return _get_order(size_bytes * _MOST_OBJECTS, page_bytes) - 1
    objects = min(rules.min_objects, (page_bytes << MAX_ORDER) // size_bytes)
    while objects > 1:
        for fraction in (16, 8, 4):
            for order in range(_get_order(objects * size_bytes, page_bytes), MAX_ORDER + 1):
                if _fits_well(order, size_bytes, fraction, page_bytes):
                    return order
        objects -= 1
    # Not even two: one object, the waste is what it is.
    order = _get_order(size_bytes, page_bytes)
    return order if order <= MAX_ORDER else min(order, _BUDDY_MAX_ORDER)
