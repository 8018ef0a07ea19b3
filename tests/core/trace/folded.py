"""What a machine holds, by going through its events one by one: the slow way, to compare with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.trace.events import Kind
from core.trace.holdings.pages import Which
from core.trace.holdings.state import MachineState
from core.trace.trace import Trace

SPECIAL = {1: "dummy", 2: "failure", 3: "early"}


@dataclass
class Folded:
    """The state while the events go by."""

    trace: Trace
    pages: dict[int, dict[str, Any]] = field(default_factory=dict)
    caches: dict[str, list[int]] = field(default_factory=dict)
    locks: dict[int, tuple[str, str, int]] = field(default_factory=dict)
    scripts: list[tuple[int, int, int]] = field(default_factory=list)
    pfn: int = -1
    task: int = 0

    def __post_init__(self) -> None:
        info = self.trace.info
        for page in info.pages:
            self.pages[page.pfn] = {
                "order": page.order, "handle": page.handle, "in_use": True,
                "recorded": page.handle > 0, "allocated": page.handle > 0, "made_at": -1,
                "set_at": -1, "free_handle": 0, "last_at": -1, "pid": 0, "freed_at": -1,
            }  # fmt: skip
        for cache in info.caches:
            self.caches[cache.name] = [
                cache.free, cache.cpu_partial, cache.node_partial, cache.partial_free,
            ]  # fmt: skip
        depot = info.depot
        self.pools, self.offset, self.missing = depot.pools, depot.offset_bytes, depot.missing
        self.spare, self.stored = depot.spare, depot.records

    def step(self, at: int) -> None:  # noqa: PLR0912 (one case a kind)
        site, argument = self.trace.site(at), self.trace.argument(at)
        name = self.trace.functions[site.function].name
        depot = self.trace.info.depot
        match site.kind:
            case Kind.TASK_SWITCHED:
                self.task = argument
            case Kind.PAGE_ALLOCATED:
                page = self.pages.setdefault(
                    argument, {"recorded": False, "allocated": False, "handle": 0,
                               "free_handle": 0, "set_at": -1, "freed_at": -1},
                )  # fmt: skip
                page.update(in_use=True, made_at=at, last_at=at, asked=site)
                if not page["recorded"]:
                    page.update(order=int(site.fact("order")), pid=self._pid())
            case Kind.PAGE_FREED:
                self.pages[argument].update(in_use=False, last_at=at)
            case Kind.OWNER_SET:
                self.pfn, page = argument, self.pages[argument]
                page.update(
                    recorded=True, allocated=True, handle=0, set_at=at, free_handle=0, last_at=at,
                    freed_at=-1,
                    order=int(page["asked"].fact("order")), pid=self._pid(),
                )  # fmt: skip
            case Kind.OWNER_HANDLE:
                self.pages[self.pfn].update(handle=argument, last_at=at)
            case Kind.OWNER_FREED:
                self.pfn = argument
                self.pages[argument].update(allocated=False, last_at=at, freed_at=at)
            case Kind.FREE_HANDLE:
                self.pages[self.pfn].update(free_handle=argument, last_at=at)
            case Kind.OBJECT_TAKEN | Kind.OBJECT_FREED:
                self._slab(site, argument)
            case Kind.LOCK_TAKEN:
                self.locks[argument] = self._who(), name, at
            case Kind.LOCK_RELEASED:
                self.locks[argument] = "", name, at
            case Kind.SCRIPT_ADDED:
                self.scripts.append((argument, at, -1))
            case Kind.SCRIPT_BUILT:
                (entry,) = [n for n, s in enumerate(self.scripts) if s[0] == argument]
                self.scripts[entry] = (argument, self.scripts[entry][1], at)
            case Kind.SCRIPT_EVICTED:
                assert self.scripts.pop(0)[0] == argument
            case Kind.POOL_OPENED:
                self.pools, self.offset, self.missing, self.spare = argument + 1, 0, False, False
            case Kind.SPARE_KEPT:
                self.spare = True
            case Kind.DEPOT_STORED:
                self.stored += 1
                assert argument == self.stored
                self.offset += self.trace.info.records[argument - 1].size_bytes
            case Kind.DEPOT_REFUSED if site.fact("reason") == "no room":
                if not depot.keeps_offset:
                    self.pools += not self.missing
                    self.offset, self.missing = 0, True

    def _slab(self, site: Any, argument: int) -> None:
        cache = self.caches[site.fact("cache")]
        free, cpu, node, partial_free = cache
        if site.label == "install":
            source, replaced = site.fact("source"), site.fact("replaced")
            if source != "new":
                partial_free -= argument + 1
            if replaced:
                partial_free += free
            cpu += (replaced == "cpu") - (source == "cpu")
            node += (replaced == "node") - (source == "node")
        elif site.label == "slow":
            lost = int(site.fact("discarded") or 0)
            cpu += site.fact("joined") == "cpu"
            node += (site.fact("joined") == "node") - (lost > 0)
            partial_free += 1 - lost
        else:
            assert argument == free + (1 if site.kind is Kind.OBJECT_FREED else -1)
        cache[:] = argument, cpu, node, partial_free

    def _who(self) -> str:
        task = self.trace.info.tasks[self.task]
        return f"{task.comm}/{task.pid}"

    def _pid(self) -> int:
        return self.trace.info.tasks[self.task].pid


def same(folded: Folded, state: MachineState) -> None:
    """Hold a state against what folding gives."""
    position = state.position
    pages = state.pages
    rows = pages.rows(0, pages.counts[Which.ALL])
    assert [row.pfn for row in rows] == list(folded.pages)
    for row in rows:
        page = folded.pages[row.pfn]
        for name in ("handle", "in_use", "recorded", "allocated", "made_at", "set_at", "last_at",
                     "freed_at",
                     "order", "pid"):  # fmt: skip
            assert getattr(row, name) == page[name], (name, hex(row.pfn), position)
        assert row.lost == SPECIAL.get(page["handle"], "")
        assert row.changed == (page["last_at"] == position >= 0)
        if not page["allocated"]:
            assert row.free_handle == page["free_handle"]
    sorts: dict[Which, Callable[[dict[str, Any]], bool]] = {
        Which.ALLOCATED: lambda p: p["in_use"],
        Which.FREED: lambda p: not p["in_use"],
        Which.DUMMY: lambda p: p["recorded"] and p["handle"] == 1,
        Which.FAILURE: lambda p: p["recorded"] and p["handle"] == 2,
        Which.EARLY: lambda p: p["recorded"] and p["handle"] == 3,
        Which.LOST: lambda p: p["recorded"] and p["handle"] in (1, 2),
    }
    for which, holds in sorts.items():
        expected = [pfn for pfn, page in folded.pages.items() if holds(page)]
        assert pages.counts[which] == len(expected), which
        assert [row.pfn for row in pages.rows(0, len(expected) + 5, which)] == expected

    depot = state.depot
    assert (depot.n_pools, depot.offset_bytes, depot.missing, depot.spare, depot.n_records) == (
        folded.pools, folded.offset, folded.missing, folded.spare, folded.stored,
    )  # fmt: skip
    assert {c.name: [c.free, c.cpu_partial, c.node_partial, c.partial_free]
            for c in state.caches} == folded.caches  # fmt: skip
    held = {number for number, (who, _, _) in folded.locks.items() if who}
    assert set(state.locks.held) == held
    for number, (who, function, at) in folded.locks.items():
        lock = state.locks.lock(number)
        assert (lock.holder, lock.function, lock.made_at) == (who, function, at)
    if state.scripts is not None:
        assert [(s.number, s.made_at, s.built_at) for s in state.scripts.scripts] == folded.scripts
