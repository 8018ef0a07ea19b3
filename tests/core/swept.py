"""Runs that together come by every line of the listings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product

import numpy as np

from core.errors import ProfileError, ScenarioError
from core.guards.catalog import DESIGNS
from core.kernel.choices import Point
from core.kernel.profile import arches, kernels
from core.scenario.loader import ScenarioText, bundled, open_scenario, parse
from core.scenario.run import Overrides, plan, run
from core.trace.events import SITE_MASK, Function, Kind
from core.trace.info import TraceInfo
from core.trace.trace import Trace
from tests.examples import every_day

HEAD = 'schema = 1\nname = "x"\ntitle = "x"\nshows = "x"\n'
MACHINES = [(kernel, arch) for kernel in kernels() for arch in arches(kernel)]

CONTEXTS = """
[[interrupts]]
name = "nic"
raises = "net_rx"
at_most = 2
[[interrupts.work]]
op = "alloc_pages"
[[interrupts.work]]
op = "lock"
lock = "ring"
[[interrupts.work]]
op = "unlock"
lock = "ring"
[[interrupts.work]]
op = "wake"
target = "kworker/17"
[[interrupts]]
name = "net_rx"
kind = "soft"
[[interrupts.work]]
op = "page_events"
repeat = 2
[[interrupts]]
name = "tick"
kind = "timer"
at_most = 2
[[interrupts.work]]
op = "kmalloc"
[[tasks]]
comm = "sh"
pid = 39
migrates = true
work = [
    { op = "kmalloc", gfp = "GFP_KERNEL" }, { op = "kmalloc", gfp = "GFP_ATOMIC" },
    { op = "lock", lock = "ring", irqs_off = true },
    { op = "unlock", lock = "ring", irqs_off = true }, { op = "alloc_pages", irqs_off = true },
    { op = "fork", target = "child/40" }, { op = "migrate", to = 1 }, { op = "sleep" },
    { op = "kfree" }, { op = "exit" },
]
[[tasks]]
comm = "kworker"
pid = 17
cpu = 1
work = [
    { op = "set_scheduler", target = "sh/39" }, { op = "wake", target = "sh/39" },
    { op = "alloc_pages" }, { op = "sleep" }, { op = "wake", target = "sh/39" },
]
[[tasks]]
comm = "child"
pid = 40
work = [
    { op = "kmalloc" }, { op = "wake", target = "kworker/17" }, { op = "wake", target = "sh/39" },
]
"""
"""Everything that several CPUs, tasks and interrupts can do to each other."""


NMI = """
[[interrupts]]
name = "watchdog"
kind = "nmi"
at_most = 1
[[interrupts.work]]
op = "kmalloc"
"""
"""ia64 has none."""


class Restless:
    """Lets something else happen at every few points: always the same for the same seed."""

    asks = True

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def fails(self, what: str, number: int) -> bool:
        """Nothing fails."""
        del what, number
        return False

    def next_task(self, runnable: Sequence[int], current: int) -> int:
        """The first one."""
        del current
        return runnable[0]

    def choose(self, point: Point) -> int:
        """Any of the options, but mostly the first."""
        mixed = (point.number * 2_654_435_761 + self._seed * 40_503) >> 7 & 0xFFFF
        return mixed % len(point.options) if point.forced or mixed % 5 == 0 else 0


def rare() -> Iterator[ScenarioText]:
    """What the bundled scenarios leave out: failures, large sizes, slabs that empty and refill."""

    def scenario(tables: str, *works: str, kernel: str = "") -> ScenarioText:
        work = "".join(f"[[tasks.work]]\n{lines}\n" for lines in works)
        head = f'{HEAD}[kernel]\nversion = "6.1"\narch = "x86_64"\n{kernel}'
        return parse(f"{head}{tables}[[tasks]]\n{work}", where="a test")

    def kmalloc(size_bytes: int, repeat: int) -> str:
        return f'op = "kmalloc"\nsize = {size_bytes}\nrepeat = {repeat}'

    page, off = 'op = "alloc_pages"\nrepeat = 2\n', 'page_owner = "off"\n'
    yield scenario("[depot]\ndisabled = true\n", page)
    yield scenario("[depot]\nfree_bytes = 0\nspare = false\npools_left = 0\n", page)
    yield scenario("[fail]\nkmalloc = [1]\n", kmalloc(64, 1), kmalloc(0, 1))
    yield scenario("", kmalloc(100_000, 1), kmalloc(4096, 200), 'op = "kfree"\nrepeat = 201')
    yield scenario("", kmalloc(4096, 90), 'op = "kfree"\nrepeat = 90', kmalloc(4096, 90))
    for order in (0, 5):
        events = f'op = "page_events"\nrepeat = 2\norder = {order}'
        yield scenario('[unwinder]\nmodel = "allocating"\n', events, kernel=off)


@cache
def sweep() -> tuple[Trace, ...]:
    """Every scenario under every guard, on every machine, and every guard on every machine.

    All three at once come every day in a fifth of the cases only: together with ``contexts`` these
    come by each line and each call of the listings that all cases come by.
    """
    sources = [*(open_scenario(name) for name in bundled()), *rare()]
    guards = [(design, 1) for design in DESIGNS] + [("bit1", 2)]
    cases = product(enumerate(sources), enumerate(guards), enumerate(MACHINES))
    found = []
    for (turn, source), (second, (guard, depth)), (third, (kernel, arch)) in cases:
        if every_day() and (turn + 2 * second + third) % 5 != 3:
            continue
        overrides = Overrides(guard, depth, arch, kernel, budget_events=30_000)
        try:
            found.append(run(plan(source, {}, overrides)))
        except ProfileError:
            continue
        except ScenarioError:
            # Its choices, or its word, are for its own guard and machine.
            assert "choices" in source.text or "word" in source.text
    return tuple(found)


@cache
def contexts() -> tuple[Trace, ...]:
    """The scenario of several contexts on every kernel and architecture, restless in two ways."""
    found = []
    guards = [*((design, "current") for design in DESIGNS), ("bit1", "serialized")]
    for case, ((kernel, arch), (design, word)) in enumerate(product(MACHINES, guards)):
        where = f'version = "{kernel}"\narch = "{arch}"\ncpus = 2\npreempt = "full"\n'
        guard = f'[guard]\ndesign = "{design}"\nword = "{word}"\n'
        slab = '[memory]\nslab = "always_empty"\n'
        nmi = "" if arch == "ia64" else NMI
        text = f"{HEAD}[kernel]\n{where}{guard}{slab}{nmi}{CONTEXTS}"
        planned = plan(parse(text, where="a test"), {}, Overrides(budget_events=30_000))
        seeds = (case % 2, case % 2 + 2) if every_day() else range(4)
        found += [run(planned, chooser=Restless(seed)) for seed in seeds]
    return tuple(found)


@dataclass
class Seen:
    """What runs came by that have the same listings.

    Attributes:
        info: Of one of the runs.
        functions: What was called.
        sites: Events that were declared: function, kind and label.
        calls: Caller and callee.
    """

    info: TraceInfo
    functions: set[Function] = field(default_factory=set)
    sites: set[tuple[Function, Kind, str]] = field(default_factory=set)
    calls: set[tuple[str, str]] = field(default_factory=set)


@cache
def seen() -> tuple[Seen, ...]:
    """All that ``sweep`` and ``contexts`` come by, each thing once where it is listed alike."""
    alike: dict[tuple[object, ...], Seen] = {}
    for trace in (*sweep(), *contexts()):
        info, guard = trace.info, trace.info.guard
        key = (info.kernel, info.arch, info.unwinder, guard.design, guard.max_depth, guard.word)
        found = alike.setdefault((*key, guard.field), Seen(info))
        functions = trace.functions
        found.functions.update(functions)
        found.sites.update(
            (functions[each.function], each.kind, each.label) for each in trace.sites
        )
        found.calls |= calls_of(trace)
    return tuple(alike.values())


def calls_of(trace: Trace) -> set[tuple[str, str]]:
    """Return which function called which in a run."""
    functions = np.array([site.function for site in trace.sites])
    sites = trace.codes & SITE_MASK
    called = np.flatnonzero((trace.site_kinds == Kind.CALLED)[sites])
    # Nothing calls the entry of an interrupt.
    interrupted = trace.site_kinds[sites[called - 1]] == Kind.INTERRUPTED
    called = called[(trace.parents[called] >= 0) & ~interrupted]
    inner, outer = functions[sites[called]], functions[sites[trace.parents[called]]]
    names = trace.functions
    pairs = set(zip(outer.tolist(), inner.tolist(), strict=True))
    return {(names[one].name, names[other].name) for one, other in pairs}
