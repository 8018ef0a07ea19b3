"""What page_owner itself costs: a record for every page of memory.

Measured sizes of struct page_owner and of the page_ext entry that holds it, on 64-bit kernels with
4 KiB pages.
"""

from __future__ import annotations

from dataclasses import dataclass

_GIB = 1 << 30
_MIB = 1 << 20

_MEASURED = (
    # First release, last release of the band, bytes of a record, of a page_ext entry.
    ((5, 4), (5, 4), 16, 24),
    ((5, 11), (5, 11), 32, 40),
    ((5, 13), (5, 13), 40, 48),
    ((5, 18), (6, 6), 56, 64),
    ((6, 10), (99, 0), 64, 72),
)


@dataclass(frozen=True, slots=True)
class PageOwnerCost:
    """What page_owner takes of a machine's memory.

    Attributes:
        record_bytes: sizeof(struct page_owner).
        page_ext_bytes: What a page's entry takes with it.
        mib_per_gib: MiB for every GiB of memory.
        measured: Whether this release was measured; otherwise it is the nearest earlier one.
    """

    record_bytes: int
    page_ext_bytes: int
    mib_per_gib: float
    measured: bool


def page_owner_cost(release: tuple[int, int], page_bytes: int = 4096) -> PageOwnerCost:
    """Return what page_owner costs on a release (major, minor), per GiB of memory."""
    record_bytes, page_ext_bytes, measured = *_MEASURED[0][2:], False
    for first, last, record, entry in _MEASURED:
        if release >= first:
            record_bytes, page_ext_bytes, measured = record, entry, release <= last
    mib = _GIB // page_bytes * page_ext_bytes / _MIB
    return PageOwnerCost(record_bytes, page_ext_bytes, mib, measured)
