"""What SLUB makes of sizes, against /proc/slabinfo of real kernels."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.layout import host
from core.layout.analysis import Analysis, Question
from core.layout.page_owner_cost import page_owner_cost
from core.layout.slab import SlabRules, aligned_object, growth_left, slab_of
from core.layout.task_cost import release_of
from tests.core.layout.kernels import DATA, analysis, btf_kernel

LIVE = Path("/proc/slabinfo")


def caches(text: str) -> list[tuple[str, int, int, int]]:
    rows = [line.split() for line in text.splitlines()[2:]]
    return [(row[0], int(row[3]), int(row[4]), int(row[5])) for row in rows]


def test_every_cache_of_a_6_1_kernel() -> None:
    found = caches((DATA / "proc" / "slabinfo-6.1.txt").read_text())
    assert len(found) == 95
    rules = SlabRules((6, 1), cpus=2)
    for name, size, objects, pages in found:
        slab = slab_of(size, rules)
        assert (slab.objects, 1 << slab.order) == (objects, pages), name


def test_every_cache_of_the_running_kernel() -> None:
    try:
        text = LIVE.read_text()
    except OSError:
        text = ""  # only root may read it; the recorded one above is always there
    rules = SlabRules(_release(host.release()), host.cpus_present(), host.page_bytes())
    for name, size, objects, pages in caches(text):
        slab = slab_of(size, rules)
        assert (slab.objects, 1 << slab.order) == (objects, pages), name


def _release(text: str) -> tuple[int, int]:
    major, minor = text.split(".")[:2]
    return int(major), int("".join(c for c in minor if c.isdigit()))


def _told(found: Analysis) -> tuple[int, int, int, int, int]:
    slab = found.before.slab
    left = found.before.growth_left
    return slab.object_bytes, slab.order, slab.objects, slab.waste_bytes, left


@pytest.mark.parametrize(
    ("file_tag", "xstate", "expected"),
    [
        ("x86_64-debian-amd64", 832, (6528, 3, 5, 128, 0)),
        ("x86_64-debian-amd64-k6.12", 832, (6528, 3, 5, 128, 0)),
        ("x86_64-debian-amd64", 2432, (8128, 3, 4, 256, 64)),
        ("x86_64-debian-amd64", 2440, (8192, 3, 4, 0, 0)),
        ("arm64-debian-arm64", 0, (4160, 3, 7, 3648, 512)),
        ("i386-debian-686-pae", 832, (3328, 3, 9, 2816, 256)),
        ("arm-debian-armmp", 0, (2752, 3, 11, 2496, 192)),
        ("ppc64le-debian-ppc64el", 0, (4992, 3, 6, 2816, 384)),
        ("s390x-debian-s390x", 0, (4608, 3, 7, 512, 0)),
    ],
)
def test_what_a_task_costs_on_debian(
    file_tag: str, xstate: int, expected: tuple[int, int, int, int, int]
) -> None:
    assert _told(analysis(file_tag, Question(xstate_bytes=xstate))) == expected


def test_one_more_line_costs_an_object_where_the_slab_is_full() -> None:
    found = analysis("x86_64-debian-amd64", Question(xstate_bytes=832))
    assert found.before.bytes_per_task == 6554
    grown = found.cache.cost(found.layout.struct.size_bytes + 64)
    assert (grown.slab.objects, grown.bytes_per_task) == (4, 8192)
    assert found.before.slab.memory_bytes(1000) == 200 * 32768
    assert found.before.slab.memory_bytes(1001) == 201 * 32768


def test_what_nobody_told_is_said_to_be_assumed() -> None:
    found = analysis("x86_64-debian-amd64")
    assert found.machine.assumed == {"arch", "release", "cpus", "page_bytes", "xstate_bytes"}
    told = Question(arch="x86_64", release="6.1.192", cpus=4, page_bytes=4096, xstate_bytes=832)
    assert analysis("x86_64-debian-amd64", told).machine.assumed == frozenset()


def test_a_release_is_told_from_members_where_nothing_else_tells() -> None:
    def told(file_tag: str, given: str = "", struct: str = "task_struct") -> tuple[object, bool]:
        kernel = btf_kernel(file_tag)
        return release_of(kernel.layout(struct), kernel, given)

    assert told("x86_64-debian-amd64") == ((6, 6), True)
    assert told("x86_64-debian-amd64", struct="sched_entity") == ((6, 6), True)
    assert told("x86_64-debian-amd64-k6.12") == ((6, 18), True)
    assert told("arm-rand1", "5.12.3") == ((5, 12), False)


def test_growth_left_ends_where_an_object_is_lost() -> None:
    for release in ((6, 1), (6, 18)):
        rules = SlabRules(release, cpus=4)
        for size in range(64, 9000, 192):
            left = growth_left(size, 64, rules)
            objects = slab_of(size, rules).objects
            assert slab_of(size + left, rules).objects >= objects or objects == 1
            assert objects == 1 or slab_of(size + left + 64, rules).objects < objects


def test_objects_are_aligned_to_pointers_and_then_to_the_cache() -> None:
    assert aligned_object(9, 1, 8) == 16
    assert aligned_object(5864, 64, 8) == 5888


@pytest.mark.parametrize(
    ("release", "mib", "measured"),
    [
        ((5, 4), 6, True), ((5, 11), 10, True), ((5, 12), 10, False), ((5, 13), 12, True),
        ((6, 1), 16, True), ((6, 6), 16, True), ((6, 8), 16, False), ((6, 18), 18, True),
    ],
)  # fmt: skip
def test_page_owner_itself(release: tuple[int, int], mib: int, measured: bool) -> None:
    cost = page_owner_cost(release)
    assert (cost.mib_per_gib, cost.measured) == (mib, measured)
    assert page_owner_cost(release, 65536).mib_per_gib == mib / 16
