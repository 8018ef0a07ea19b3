"""What the call stack shows at the cursor: plain values, made from the session, painted later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from core.lesson.covered import BITS, BYTES
from core.trace.events import Function, Kind
from gui.covered import MARK
from gui.widgets.stack import words

if TYPE_CHECKING:
    from core.trace.trace import Frame, Trace
    from gui.expected import Expected
    from gui.session import Session

BarrierKind = Literal["guard", "returned", "overflow", "deadlock", "stopped"]
Hint = Literal["", "nothing_open", "start", "empty", "filtered", "done", "idle", "ready"]

_MOST_LOOKS = 20_000
_LOCK_SEARCH = 20_000
"""How far back the taking of a lock is looked for, in events."""


@dataclass(frozen=True, slots=True)
class CardLook:
    """Everything a card shows. Calls that look alike share one drawing.

    Attributes:
        name: The large name: the kernel's, or the mail's with "essential frames only".
        kernel_name: The kernel's name where ``name`` is another one, else empty.
        subsystem: Role of the theme.
        source: The kernel's source file.
        stack_bytes: Bytes of this frame.
        used_bytes: Bytes in use with this frame.
        occurrence: 2 for the function's second frame on this stack, and so on.
        inferred: The frame's size was not measured.
        level: How many save_stack frames enclose it, itself included.
        tag: What a save made of the guard's field, or empty.
        wrapped: That field wrapped around: the guard is gone.
        interrupt: Whether an interrupt called it, on the stack of whom it interrupted.
        asked: Whether a lesson asks how many bytes are in use.
    """

    name: str
    kernel_name: str
    subsystem: str
    source: str
    stack_bytes: int
    used_bytes: int
    occurrence: int
    inferred: bool
    level: int
    tag: str = ""
    wrapped: bool = False
    interrupt: bool = False
    asked: bool = False

    @property
    def used_text(self) -> str:
        """How many bytes are in use with it."""
        return MARK if self.asked else f"{self.used_bytes:,}"


class Card(NamedTuple):
    """A frame on the stack; its call is what it is recognised by from one moment to the next.

    ``separator`` is the line above a frame with which an interrupt begins, else empty.
    """

    call: int
    look: CardLook
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Barrier:
    """What lies across the stack below the newest card.

    Attributes:
        kind: guard: a short-circuit; returned: one event later; the others end the run.
        position: The event it belongs to.
        title: The line that must be read from the last row.
        detail: What follows from it.
        chip: What is handed back, or empty.
        avoided: The frames that do not happen, outermost first.
        avoided_label: What they are.
        beyond: What lies past the end of the stack (overflow).
        kept_share: How much of the newest card's frame still lies on the stack (overflow).
        taken_by: Call of the frame that took the lock (deadlock), -1 where it is not shown.
    """

    kind: BarrierKind
    position: int
    title: str
    detail: str
    chip: str = ""
    avoided: tuple[CardLook, ...] = ()
    avoided_label: str = ""
    beyond: str = ""
    kept_share: float = 1.0
    taken_by: int = -1


@dataclass(frozen=True, slots=True)
class Scene:
    """The stack at one position.

    Attributes:
        position: The cursor.
        task: Whose stack it is, ``comm/pid``.
        cards: Outermost first.
        newest_level: How many of the newest cards belong to the newest recursion level.
        verb: One word for what the newest card is doing.
        doing: The rest of a sentence that starts with the newest card's name.
        barrier: What lies below the newest card, if anything.
        hint: What to say where there are no cards.
        title: What the view is: the call stack, or a CPU.
        runs: Whether the event at the cursor happened on it; the stacks of other CPUs are shown as
            of their own last event.
    """

    position: int = -1
    task: str = ""
    cards: tuple[Card, ...] = ()
    newest_level: int = 0
    verb: str = ""
    doing: str = ""
    barrier: Barrier | None = None
    hint: Hint = "nothing_open"
    title: str = "Call stack"
    runs: bool = True

    def describe(self) -> str:
        """Return the stack in words, for those who do not see it."""
        said = []
        if self.cards:
            newest = self.cards[-1].look
            level = f", recursion level {newest.level}" if newest.level else ""
            known = newest.used_bytes and not newest.asked
            used = f", {newest.used_text} bytes in use" if known else ""
            said.append(
                f"{words.plural(len(self.cards), 'frame')}{used}"
                f"{level}. Newest: {newest.name}, {newest.subsystem}. {self.doing}."
            )
        else:
            said.append(HINTS[self.hint])
        if self.barrier is not None:
            barrier = self.barrier
            avoided = words.avoided_heading(barrier.avoided_label, barrier.avoided)
            said += [f"{barrier.title}.", barrier.detail, avoided]
        return " ".join(filter(None, said)).replace("\n", " ")


HINTS: dict[Hint, str] = {
    "": "",
    "nothing_open": "Open a scenario to see its call stack.",
    "start": "Nothing is on the stack yet: play or step.",
    "empty": "The stack is empty.",
    "filtered": "None of the frames on the stack belongs to the recursion.",
    "done": "All calls have returned: the stack is empty again.",
    "idle": "Idle: no task is on this CPU.",
    "ready": "Nothing is on its stack.",
}


class SceneMaker:
    """Makes the scene at the cursor. Remembers what does not change from moment to moment."""

    def __init__(self, session: Session | Expected) -> None:
        self._session = session
        self._trace: Trace | None = None
        self._looks: dict[tuple[int, bool, str, bool], CardLook] = {}
        self._tags: dict[int, tuple[str, bool]] = {}

    def make(self) -> Scene:
        """Return the scene at the cursor."""
        session, trace = self._session, self._session.trace
        state = session.state()
        if trace is None or state is None:
            return Scene()
        if trace is not self._trace or len(self._looks) > _MOST_LOOKS:
            self._trace = trace
            self._looks.clear()
            self._tags.clear()
        position, frames = session.position, session.frames()
        cards = self._cards(trace, state.task, frames, position)
        who = task_words(trace, state.task) if trace.info.tasks else ""
        mark = MARK if BITS in session.covered else ""
        doing = words.doing(trace, position, frames[-1].call if frames else -1, mark)
        return Scene(
            position=position,
            task=who,
            cards=cards,
            newest_level=_newest_level(cards),
            verb=words.VERBS[trace.kind(position)] if position >= 0 else "",
            doing=doing if position >= 0 else "",
            barrier=_barrier(trace, position, frames, essential=session.essential_only),
            hint="" if frames else _hint(trace, position, hidden=bool(state.frames)),
        )

    def _cards(
        self, trace: Trace, task: int, frames: Sequence[Frame], position: int
    ) -> tuple[Card, ...]:
        essential, asked = self._session.essential_only, BYTES in self._session.covered
        came = _interrupts(trace, task, position)
        level = nested = 0
        cards = []
        for frame in frames:
            saves = frame.function.name == "save_stack"
            level += saves
            tag, wrapped = self._tag(trace, frame.call, position) if saves else ("", False)
            before, nested = nested, sum(start < frame.call for start, _ in came)
            key = (frame.call, essential, tag, asked)
            look = self._looks.get(key)
            if look is None:
                look = _look(frame, level, essential=essential, tag=tag, wrapped=wrapped)
                look = self._looks[key] = replace(look, interrupt=nested > 0, asked=asked)
            separator = came[nested - 1][1] if nested > before else ""
            cards.append(Card(frame.call, look, separator))
        return tuple(cards)

    def _tag(self, trace: Trace, call: int, position: int) -> tuple[str, bool]:
        """Return what a save made of the guard's field, as far as a lesson does not ask for it."""
        text, wrapped = self._whole_tag(trace, call, position)
        if text and BITS in self._session.covered:
            return f"{text.partition(' ')[0]} {MARK}", False
        return text, wrapped

    def _whole_tag(self, trace: Trace, call: int, position: int) -> tuple[str, bool]:
        known = self._tags.get(call)
        if known is not None and position > call + words.LONGEST_ENTRY:
            return known
        tag = words.guard_tag(trace, call, position)
        if tag[0]:
            self._tags[call] = tag
        return tag


def _look(frame: Frame, level: int, *, essential: bool, tag: str, wrapped: bool) -> CardLook:
    function = frame.function
    name = function.essential if essential and function.essential else function.name
    return CardLook(
        name=name,
        kernel_name=function.name if name != function.name else "",
        subsystem=function.subsystem,
        source=function.source,
        stack_bytes=function.stack_bytes,
        used_bytes=frame.used_bytes,
        occurrence=frame.occurrence,
        inferred=function.inferred,
        level=level,
        tag=tag,
        wrapped=wrapped,
    )


def task_words(trace: Trace, task: int) -> str:
    """Return a task as the header says it, ``comm/pid``."""
    return trace.info.tasks[task].label


_SORTS = {"soft": "soft interrupt", "nmi": "NMI", "timer": "timer interrupt"}


def _interrupts(trace: Trace, task: int, position: int) -> list[tuple[int, str]]:
    """Where the interrupts on a task's stack came, outermost first, and what is said of each."""
    if trace.cpus.plain:
        return []
    spans, whose = trace.cpus.interrupts, trace.info.tasks[task].comm
    found = []
    for one in trace.cpus.interrupts_on(task, position):
        interrupt = trace.info.interrupts[int(spans.numbers[one])]
        what = _SORTS.get(interrupt.kind, "interrupt")
        found.append((int(spans.starts[one]), f"{what} {interrupt.name}, on {whose}'s stack"))
    return found


def _newest_level(cards: Sequence[Card]) -> int:
    if not cards:
        return 0
    level = cards[-1].look.level
    return sum(card.look.level == level for card in cards)


def _hint(trace: Trace, position: int, *, hidden: bool) -> Hint:
    if hidden:
        return "filtered"
    if position < 0:
        return "start"
    return "done" if position == len(trace) - 1 else "empty"


# -- what lies across the stack -----------------------------------------------------------------


def _barrier(
    trace: Trace, position: int, frames: Sequence[Frame], *, essential: bool
) -> Barrier | None:
    if position < 0:
        return None
    kind = trace.kind(position)
    if kind is Kind.SHORT_CIRCUITED:
        return _guard_barrier(trace, position, essential=essential)
    if kind is Kind.RETURNED:
        before = trace.cpus.last_event(trace.task_at(position), position - 1)
        if before >= 0 and trace.kind(before) is Kind.SHORT_CIRCUITED:
            title = words.returned_title(trace, position)
            return Barrier("returned", before, title, "", chip="dummy_handle")
    if kind is Kind.STOPPED:
        return _stop_barrier(trace, position, frames)
    return None


def _guard_barrier(trace: Trace, position: int, *, essential: bool) -> Barrier:
    from core.trace.short_circuit import RETURNS, short_circuit_at

    hit = short_circuit_at(trace, position)
    used = sum(function.stack_bytes for function in hit.stack)
    level = sum(function.name == "save_stack" for function in hit.stack)
    ghosts = []
    for function in hit.avoided:
        used += function.stack_bytes
        level += function.name == "save_stack"
        if function.essential or not essential:
            ghosts.append(_ghost(function, used, level, essential=essential))
    return Barrier(
        "guard",
        position,
        words.guard_title(trace, hit),
        words.guard_detail(hit),
        chip=RETURNS,
        avoided=tuple(ghosts),
        avoided_label=words.avoided_label(hit),
    )


def _ghost(function: Function, used_bytes: int, level: int, *, essential: bool) -> CardLook:
    name = function.essential if essential and function.essential else function.name
    other = function.name if name != function.name else ""
    return CardLook(
        name, other, function.subsystem, function.source, function.stack_bytes, used_bytes, 1,
        function.inferred, level,
    )  # fmt: skip


def _stop_barrier(trace: Trace, position: int, frames: Sequence[Frame]) -> Barrier:
    info = trace.info
    title, detail = words.stop_words(info)
    if info.outcome == "stack_overflow":
        return Barrier(
            "overflow", position, title, detail,
            beyond=words.past_the_end(info),
            kept_share=_kept_share(frames, info.thread_bytes - info.reserved_bytes),
        )  # fmt: skip
    if info.outcome == "deadlock":
        taken_by = _taken_by(trace, position, frames)
        return Barrier("deadlock", position, title, detail, taken_by=taken_by)
    return Barrier("stopped", position, title, detail)


def _kept_share(frames: Sequence[Frame], room_bytes: int) -> float:
    """How much of the newest frame lies before the end of the stack."""
    if not frames or frames[-1].used_bytes <= room_bytes:
        return 1.0
    size = frames[-1].function.stack_bytes
    return max(0.0, 1 - (frames[-1].used_bytes - room_bytes) / max(1, size))


def _taken_by(trace: Trace, position: int, frames: Sequence[Frame]) -> int:
    """The call of the frame that took the lock the newest one waits for."""
    detail = trace.info.outcome_detail
    shown = {frame.call for frame in frames}
    if detail["holder"] != detail["waiter"]:
        return -1
    for at in range(position, max(-1, position - _LOCK_SEARCH), -1):
        if trace.kind(at) is Kind.LOCK_TAKEN:
            lock = trace.info.locks[trace.argument(at)]
            if lock == detail["lock"] and int(trace.parents[at]) in shown:
                return int(trace.parents[at])
    return -1
