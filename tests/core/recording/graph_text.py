"""Function_graph text as the tracer prints it, made of random calls, and traces read from it."""

from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import product

from hypothesis import strategies as st

from core.recording.readers.function_graph import reader as function_graph
from core.recording.reading import Reading
from core.recording.source import Source
from core.trace.events import Kind
from core.trace.trace import Trace

FUNCTIONS = (
    "save_stack", "__set_page_owner", "kfree", "orc_find.part.0", "nvme_poll", "do_syscall_64",
)  # fmt: skip
TASKS = ("sh-40", "kworker/u4:1-33", "busybox-178", "Web Content-1234567")
RULE = " ------------------------------------------\n"


def read_graph(data: bytes | str) -> tuple[Trace, Reading]:
    """Read function_graph text."""
    data = data.encode() if isinstance(data, str) else data
    reading = Reading()
    trace = function_graph.read(Source(io.BytesIO(data), name="sample"), reading)
    return trace, reading


def stack_events(trace: Trace) -> dict[int, list[str]]:
    """Return the calls (``+name``) and returns (``-name``) of each task, in order."""
    found: dict[int, list[str]] = defaultdict(list)
    for position in range(len(trace)):
        kind = trace.kind(position)
        if kind in (Kind.CALLED, Kind.RETURNED):
            sign = "+" if kind is Kind.CALLED else "-"
            found[trace.task_at(position)].append(sign + trace.function(position).name)
    return dict(found)


@dataclass(frozen=True)
class Options:
    """What the tracer is told to print."""

    cpu: bool = True
    task: bool = False
    abstime: bool = False
    duration: bool = True
    flags: bool = False
    tail: bool = False
    returned: str = ""
    arguments: bool = False


@st.composite
def options(draw: st.DrawFn) -> Options:
    """Any mix of options."""
    on = st.booleans()
    return Options(
        draw(on), draw(on), draw(on), draw(on), draw(on), draw(on),
        draw(st.sampled_from(["", "= 0x1", "ret=-12", "=> 0"])), draw(on),
    )  # fmt: skip


@dataclass
class Machine:
    """Tasks on CPUs that call functions, and the text the tracer makes of it."""

    options: Options
    text: list[str] = field(default_factory=list)
    now_us: int = 99_998
    expected: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _stacks: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    _last: dict[int, str] = field(default_factory=dict)

    def step(self, cpu: int, task: str, what: str, function: str, lasts: int) -> None:
        """Let a task on a CPU do something."""
        if not self.options.task:
            # Nobody could tell two CPUs apart, or whose stack an unnamed task of another one had.
            cpu = TASKS.index(task) % 2 if self.options.cpu else 0
        stack, done = self._stacks[task], self.expected[task]
        begin = self.now_us = self.now_us + 1
        if what == "return" and not stack:
            return
        self._switch(cpu, task)
        name = f"{function} [nvme]" if function.startswith("nvme") else function
        inside = "(p=0xffff888003a4f000, why=(a|b))" if self.options.arguments else "()"
        value = self.options.returned
        if what == "call" and len(stack) < 8:
            self._line(cpu, task, "", "  " * len(stack) + f"{name}{inside} {{")
            stack.append((function, begin))
            done.append(f"+{function}")
        elif what == "return":
            function, since = stack.pop()
            said = [function] if self.options.tail or value else []
            said += [value] if value else []
            tail = f" /* {' '.join(said)} */" if said else ""
            self._line(cpu, task, _took(begin - since), "  " * len(stack) + "}" + tail)
            done.append(f"-{function}")
        elif what == "leaf":
            tail = f" /* {value} */" if value else ""
            self._line(cpu, task, _took(lasts), "  " * len(stack) + f"{name}{inside};{tail}")
            done += [f"+{function}", f"-{function}"]
            self.now_us += lasts
        elif what == "comment":
            self._line(cpu, task, "", "  " * len(stack) + f"/* {function}: depth {{1}} of 2 */")
        elif what == "interrupt" and self.options.duration:
            self._line(cpu, task, "arrow", "")

    def _switch(self, cpu: int, task: str) -> None:
        last = self._last.get(cpu, task)
        if last != task:
            self.text.append(f"{RULE} {cpu}) {last:^14} => {task:^14} \n{RULE}\n")
        self._last[cpu] = task

    def _line(self, cpu: int, task: str, took: str, body: str) -> None:
        on = self.options
        line = f"{self.now_us // 1_000_000:5}.{self.now_us % 1_000_000:06} |  " * on.abstime
        line += f" {cpu}) " * on.cpu + f"{task:^14} | " * on.task + " d..1 | " * on.flags
        if took == "arrow":
            self.text.append(f"{line}  ==========> |\n")
            return
        self.text.append(line + f"{took:15}|  " * on.duration + body + "\n")


def _took(us: int) -> str:
    digits = f"{us}.000"[:7].rstrip(".") if us < 1_000_000 else f"{us}.0"
    mark = "*" if us > 10_000 else "#" if us > 1_000 else "!" if us > 100 else "+"
    return f" {mark if us > 10 else ' '} {digits} us"[1:].ljust(15)


_KINDS = ("call", "call", "return", "return", "leaf", "comment", "interrupt")
_STEPS = [*product((0, 1), TASKS, _KINDS, FUNCTIONS)]
# A number says all of a step but how long it takes: thinking of four takes longer than reading.
STEPS = st.lists(st.tuples(st.sampled_from(_STEPS), st.integers(0, 30_000)), max_size=60)


@st.composite
def machines(draw: st.DrawFn) -> Machine:
    """Random calls of some tasks on two CPUs, printed with random options."""
    machine = Machine(draw(options()))
    for step, lasts in draw(STEPS):
        machine.step(*step, lasts)
    return machine
