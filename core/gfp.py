"""Allocation masks as the page allocator reads them.

The bit values differ between versions, so these are our own; the names and what they are made of
are the kernel's (include/linux/gfp.h, gfp_types.h).
"""

from __future__ import annotations

DMA = 1
HIGHMEM = 2
DMA32 = 4
MOVABLE = 8
HIGH = 32
IO = 64
FS = 128
DIRECT_RECLAIM = 256
KSWAPD_RECLAIM = 512
NOWARN = 1024
NORETRY = 2048
NOMEMALLOC = 4096
ATOMIC = 8192
COMP = 16384
ZERO = 32768
ACCOUNT = 65536
NO_OWNER = 131072
"""A flag that no kernel has: the mask says that page_owner itself allocates (guard "gfp")."""

RECLAIM = DIRECT_RECLAIM | KSWAPD_RECLAIM
ZONEMASK = DMA | HIGHMEM | DMA32 | MOVABLE
GFP_ATOMIC = HIGH | ATOMIC | KSWAPD_RECLAIM
GFP_KERNEL = RECLAIM | IO | FS
GFP_NOWAIT = KSWAPD_RECLAIM
GFP_KERNEL_ACCOUNT = GFP_KERNEL | ACCOUNT

BY_NAME = {
    "GFP_KERNEL": GFP_KERNEL,
    "GFP_ATOMIC": GFP_ATOMIC,
    "GFP_NOWAIT": GFP_NOWAIT,
    "GFP_KERNEL_ACCOUNT": GFP_KERNEL_ACCOUNT,
}
_SINGLE = {
    "__GFP_DIRECT_RECLAIM": DIRECT_RECLAIM,
    "__GFP_KSWAPD_RECLAIM": KSWAPD_RECLAIM,
    "__GFP_HIGH": HIGH,
    "__GFP_ATOMIC": ATOMIC,
    "__GFP_IO": IO,
    "__GFP_FS": FS,
    "__GFP_NOWARN": NOWARN,
    "__GFP_NORETRY": NORETRY,
    "__GFP_NOMEMALLOC": NOMEMALLOC,
    "__GFP_COMP": COMP,
    "__GFP_ZERO": ZERO,
    "__GFP_ACCOUNT": ACCOUNT,
    "__GFP_NO_OWNER": NO_OWNER,
}


def name_of(mask: int) -> str:
    """Return the mask as the kernel prints it: the largest known set, then single flags."""
    parts = []
    rest = mask
    for name, bits in sorted(BY_NAME.items(), key=lambda item: -item[1].bit_count()):
        if bits and rest & bits == bits:
            parts.append(name)
            rest &= ~bits
            break
    for name, bit in _SINGLE.items():
        if rest & bit:
            parts.append(name)
    return "|".join(parts) or "0"


def depot_mask(mask: int, *, nested: bool) -> int:
    """Return the mask the stack depot asks pages with.

    Linux before 6.10 (lib/stackdepot.c) drops the zone bits and all but the atomic and kernel
    bits; 6.10 and later use gfp_nested_mask (include/linux/gfp.h), which also forbids retries and
    the reserves.
    """
    mask &= ~ZONEMASK
    mask &= GFP_ATOMIC | GFP_KERNEL | NO_OWNER
    if nested:
        # ((flags & (GFP_KERNEL | GFP_ATOMIC | __GFP_NOLOCKDEP)) | NOMEMALLOC | NORETRY | NOWARN)
        return mask | NOMEMALLOC | NORETRY | NOWARN
    return mask | NOWARN


def slab_mask(mask: int, *, above_minimum: bool) -> int:
    """Return the mask of a slab's first try (mm/slub.c, allocate_slab).

    Only where the order is above the cache's minimum is reclaim given up: the second try, at the
    minimum, uses the caller's own mask.
    """
    relaxed = mask | NOWARN | NORETRY
    if above_minimum and mask & DIRECT_RECLAIM:
        relaxed = (relaxed | NOMEMALLOC) & ~RECLAIM
    return relaxed
