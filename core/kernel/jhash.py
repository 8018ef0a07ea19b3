"""The kernel's jhash2 (include/linux/jhash.h): Bob Jenkins' lookup3 over 32-bit words."""

from __future__ import annotations

from collections.abc import Sequence

_MASK = 0xFFFFFFFF
_INITIAL = 0xDEADBEEF
DEPOT_SEED = 0x9747B28C
"""lib/stackdepot.c, STACK_HASH_SEED."""


def _rotate(word: int, bits: int) -> int:
    return ((word << bits) | (word >> (32 - bits))) & _MASK


def _mix(a: int, b: int, c: int) -> tuple[int, int, int]:
    for bits in (4, 6, 8, 16, 19, 4):
        a = ((a - c) & _MASK) ^ _rotate(c, bits)
        c = (c + b) & _MASK
        a, b, c = b, c, a
    return a, b, c


def _final(a: int, b: int, c: int) -> int:
    for bits in (14, 11, 25, 16, 4, 14, 24):
        c = ((c ^ b) - _rotate(b, bits)) & _MASK
        a, b, c = b, c, a
    return b


def jhash2(words: Sequence[int], initial: int = DEPOT_SEED) -> int:
    """Return the hash of 32-bit words."""
    a = b = c = (_INITIAL + (len(words) << 2) + initial) & _MASK
    at = 0
    while len(words) - at > 3:
        a, b, c = _mix(
            (a + words[at]) & _MASK, (b + words[at + 1]) & _MASK, (c + words[at + 2]) & _MASK
        )
        at += 3
    rest = [*words[at:], 0, 0, 0]
    if at == len(words):
        return c
    return _final((a + rest[0]) & _MASK, (b + rest[1]) & _MASK, (c + rest[2]) & _MASK)


def hash_of_addresses(addresses: Sequence[int]) -> int:
    """Return the depot's hash of 64-bit return addresses (little endian word order)."""
    words = []
    for address in addresses:
        words += [address & _MASK, address >> 32]
    return jhash2(words)
