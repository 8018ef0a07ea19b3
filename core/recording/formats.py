"""Which formats there are: each reader says what it reads and how to tell it by its content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.recording.profile import StackProfile
    from core.recording.reading import Reading
    from core.recording.source import Source
    from core.trace.trace import Trace

    Read = Callable[[Source, Reading], StackProfile | Trace]
    Tell = Callable[[bytes], float]


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be read.

    Attributes:
        name: Its name on the command line and in JSON.
        title: Its name for people.
        module: The module in ``core.recording`` with ``tell(head) -> float``, how sure it is that
            a file which begins with these bytes is in the format (0 to 1), and
            ``read(source, reading)``, which returns the profile or the trace.
    """

    name: str
    title: str
    module: str

    def tell(self, head: bytes) -> float:
        """Return how sure the format's reader is of a file with these first bytes, 0 to 1."""
        return float(import_module(f"core.recording.{self.module}").tell(head))

    def read(self, source: Source, reading: Reading) -> StackProfile | Trace:
        """Read a file of this format."""
        read: Read = import_module(f"core.recording.{self.module}").read
        return read(source, reading)


FORMATS = (
    Format("page_owner", "page_owner dump", "readers.page_owner.dump"),
    Format("page_owner_stacks", "page_owner_stacks", "readers.page_owner.stacks"),
    Format("function_graph", "ftrace function_graph", "readers.function_graph.reader"),
    Format("function", "ftrace function", "readers.function_tracer"),
    Format("trace_events", "trace events with stacks", "readers.trace_events"),
    Format("perf_script", "perf script", "readers.perf_script"),
    Format("console", "kernel log", "readers.console"),
    Format("speedscope", "speedscope", "readers.speedscope"),
    Format("chrome", "Chrome trace events", "readers.chrome"),
    Format("folded", "folded stacks", "readers.folded"),
)
"""Every format that is read; where two are as sure, the first one reads."""


def format_of(head: bytes) -> Format | None:
    """Return the format of a file by its first bytes, None where no reader knows it."""
    best, most = None, 0.0
    for each in FORMATS:
        sure = each.tell(head)
        if sure > most:
            best, most = each, sure
        if most >= 1:  # the readers that follow need not even be imported
            break
    return best
