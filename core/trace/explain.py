"""One sentence in plain words for every event."""

from __future__ import annotations

from collections.abc import Callable

from core.trace.events import Kind
from core.trace.info import ScriptInfo
from core.trace.signals import number_below
from core.trace.trace import Trace

SPECIAL_HANDLES = {1: "dummy_handle", 2: "failure_handle", 3: "early_handle"}
"""The three handles made at boot, by record number (mm/page_owner.c)."""

BIT_WORD_BYTES = 4
"""The words of bits in task_struct are made of unsigned int (include/linux/sched.h)."""


_ABOUT_THE_WORD = (
    Kind.LOADED, Kind.TESTED, Kind.SHORT_CIRCUITED, Kind.MODIFIED, Kind.STORED, Kind.TASK_FORKED,
)  # fmt: skip
"""Events whose sentences say what the guard's word holds."""


def explain(trace: Trace, position: int, *, mark: str = "") -> str:
    """Return what happened at a position, as a sentence.

    Args:
        trace: The run.
        position: The position.
        mark: What stands for what the guard's word holds; empty for the values themselves.
    """
    if position < 0:
        return "Nothing has happened yet."
    words = _Words(trace, position)
    if mark and trace.kind(position) in _ABOUT_THE_WORD:
        words.update(value=mark, word=mark, argument=mark)
    return trace.site(position).text.format_map(words)


def handle_name(trace: Trace, number: int) -> str:
    """Return a handle as people read it: a special one's name, or the kernel's number."""
    if number == 0:
        return "0"
    if number in SPECIAL_HANDLES:
        return SPECIAL_HANDLES[number]
    records = trace.info.records
    return f"{records[number - 1].handle:#010x}" if number <= len(records) else f"#{number}"


def script_name(script: ScriptInfo) -> str:
    """Return which frame an unwind script undoes."""
    return f"{script.function} where it calls {script.called}"


def task_name(trace: Trace, number: int) -> str:
    """Return a task as people read it: comm/pid."""
    return trace.info.tasks[number].label


def interrupt_at(trace: Trace, position: int) -> str:
    """Return the innermost interrupt under way on the running task's stack, or an empty string."""
    open_ones = trace.cpus.interrupts_at(position)
    if not open_ones:
        return ""
    return trace.info.interrupts[int(trace.cpus.interrupts.numbers[open_ones[-1]])].name


class _Words(dict[str, str]):
    """The words a sentence may ask for, made only when it does."""

    def __init__(self, trace: Trace, position: int) -> None:
        super().__init__()
        self._trace = trace
        self._position = position

    def __missing__(self, name: str) -> str:
        return WORDS[name](self._trace, self._position)


def _function(trace: Trace, position: int) -> str:
    return trace.function(position).name


def _caller(trace: Trace, position: int) -> str:
    call = trace.open_call(position)
    if trace.kind(position) is Kind.CALLED:
        call = int(trace.parents[position])
    return trace.function(call).name if call >= 0 else "the CPU"


def _stack_bytes(trace: Trace, position: int) -> str:
    return str(trace.function(position).stack_bytes)


def _argument(trace: Trace, position: int) -> str:
    kind = trace.kind(position)
    argument = trace.argument(position)
    if kind in (Kind.DEPOT_HIT, Kind.DEPOT_STORED):
        return handle_name(trace, argument)
    return str(argument)


def _word(trace: Trace, position: int) -> str:
    other = trace.kind(position) in (Kind.FIELD_LOADED, Kind.FIELD_STORED)
    digits = 2 * (BIT_WORD_BYTES if other else trace.info.guard.unit_bytes)
    return f"0x{trace.values[trace.argument(position)]:0{digits}x}"


def _value(trace: Trace, position: int) -> str:
    return str(trace.info.guard.value_of(trace.values[trace.argument(position)]))


def _frame(trace: Trace, position: int) -> str:
    """The function whose frame is unwound: so many frames outside the walker's own."""
    walker = trace.site(position).fact("walker")
    names = trace.names_at(position)
    if walker not in names:
        return "one that is not on the stack"
    at = len(names) - 1 - names[::-1].index(walker)
    return names[max(0, at - 1 - trace.argument(position))]


def _lock(trace: Trace, position: int) -> str:
    return trace.info.locks[trace.argument(position)]


_ABOUT_A_TASK = (
    Kind.TASK_SWITCHED,
    Kind.TASK_BLOCKED,
    Kind.TASK_WOKEN,
    Kind.TASK_FORKED,
    Kind.TASK_EXITED,
)


def _task(trace: Trace, position: int) -> str:
    about = trace.kind(position) in _ABOUT_A_TASK
    return task_name(trace, trace.argument(position) if about else trace.task_at(position))


def _of(trace: Trace, position: int) -> str:
    """The task whose word or place the event is about."""
    of = trace.site(position).fact("of")
    return task_name(trace, number_below(of, len(trace.info.tasks), trace.task_at(position)))


def _cpu(trace: Trace, position: int) -> str:
    """The CPU a task comes to, or the one the event happened on."""
    if trace.kind(position) is Kind.TASK_MIGRATED:
        return str(trace.argument(position))
    return str(trace.cpus.cpu_at(position))


def _interrupt(trace: Trace, position: int) -> str:
    if trace.kind(position) in (Kind.INTERRUPTED, Kind.INTERRUPT_ENDED):
        return trace.info.interrupts[trace.argument(position)].name
    return interrupt_at(trace, position) or "no interrupt"


def _bits(trace: Trace, position: int) -> str:
    lost = trace.kind(position) is Kind.LOST_UPDATE
    return f"{trace.values[trace.argument(position)]:#x}" if lost else "0x0"


def _fact(name: str) -> Callable[[Trace, int], str]:
    return lambda trace, position: trace.site(position).fact(name)


def _script(trace: Trace, position: int) -> str:
    return script_name(trace.info.scripts[trace.argument(position)])


WORDS: dict[str, Callable[[Trace, int], str]] = {
    "function": _function,
    "caller": _caller,
    "stack_bytes": _stack_bytes,
    "argument": _argument,
    "handle": lambda trace, position: handle_name(trace, trace.argument(position)),
    "pfn": lambda trace, position: f"{trace.argument(position):#x}",
    "word": _word,
    "value": _value,
    "frame": _frame,
    "lock": _lock,
    "task": _task,
    "script": _script,
    "of": _of,
    "cpu": _cpu,
    "interrupt": _interrupt,
    "bits": _bits,
    "field": _fact("field"),
    "lost_by": _fact("lost_by"),
    "kept_by": _fact("kept_by"),
}
"""What a sentence may ask for, and how it is found."""
