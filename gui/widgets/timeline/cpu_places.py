"""What lies on the lanes of CPUs beside turns, on the axis in force."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from gui.geometry.timeline_cpus import Placed

if TYPE_CHECKING:
    from core.trace.cpu_spans import Spans
    from core.trace.trace import Trace
    from gui.geometry.scrubber import Positions

Edges = Callable[["Positions"], npt.NDArray[np.float64]]


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
