"""What lies on the lanes of CPUs: turns, and on the axis in force what comes between."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from gui.geometry.timeline_cpus import Placed

if TYPE_CHECKING:
    from core.trace.cpu_spans import Spans
    from core.trace.cpus import CpuView
    from core.trace.trace import Trace
    from gui.geometry.scrubber import Positions

Edges = Callable[["Positions"], npt.NDArray[np.float64]]


class Turns(NamedTuple):
    """The turns of a run sorted by CPU.

    Attributes:
        order: Number of each turn in the run.
        tasks: Whose it is.
        rows: First and last (exclusive) turn of each CPU that has any.
        row_of: The row of each of these CPUs.
    """

    order: npt.NDArray[np.intp]
    tasks: npt.NDArray[np.int32]
    rows: list[tuple[int, int]]
    row_of: dict[int, int]

    @classmethod
    def of(cls, cpus: CpuView) -> Turns:
        """Sort the turns of a run."""
        order = np.argsort(cpus.cpus, kind="stable")
        bounds = np.searchsorted(cpus.cpus[order], np.arange(cpus.count + 1)).tolist()
        used = {cpu: row for cpu, row in enumerate(pairwise(bounds)) if row[0] < row[1]}
        numbers = {cpu: number for number, cpu in enumerate(used)}
        return cls(order, cpus.tasks[order], list(used.values()), numbers)


class CpuPlaces:
    """Tenures, interrupts, waits and interrupts off, by CPU.

    Args:
        trace: The run.
        edges: Where on the axis the places of positions begin.
    """

    def __init__(self, trace: Trace, edges: Edges) -> None:
        cpus = trace.cpus
        self.trace, self._edges = trace, edges
        self.tenures = self._by_cpu(cpus.tenures)
        self.interrupts = self._by_cpu(cpus.interrupts)
        self.waits = self._by_cpu(cpus.lock_waits)
        self.irqs_off = self._by_cpu(cpus.irqs_off)
        self.all_interrupts = self._placed(cpus.interrupts)
        self.all_waits = self._placed(cpus.lock_waits)
        at = edges(cpus.migrations)
        self.migrations = Placed(np.arange(len(at)), at, at)

    def _placed(self, spans: Spans, mask: npt.NDArray[np.bool_] | None = None) -> Placed:
        numbers = np.arange(len(spans)) if mask is None else np.flatnonzero(mask)
        first, last = self._edges(spans.starts[numbers]), self._edges(spans.ends[numbers])
        return Placed(numbers, first, last)

    def _by_cpu(self, spans: Spans) -> list[Placed]:
        return [self._placed(spans, spans.cpus == cpu) for cpu in range(self.trace.cpus.count)]
