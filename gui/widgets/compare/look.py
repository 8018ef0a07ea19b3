"""What a lane's column says at a moment: words and numbers, nothing painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from core.lesson.covered import BITS, LENGTH, OUTCOME
from core.trace.events import Kind
from core.trace.explain import explain
from core.trace.guard_word import SCANNED_ENTRIES
from gui.covered import ASKED, MARK
from gui.widgets.progress import OUTCOMES
from gui.widgets.stack.words import guard_tag, ordinal, plural, stop_words

if TYPE_CHECKING:
    from core.trace.trace import Frame, Trace
    from gui.compare_lane import LaneSession
    from gui.compare_session import CompareSession
    from gui.geometry.compare_stacks import StackRow

MOST_BITS = 8
"""A field wider than this is shown as a number and not as bits."""


class LaneLook(NamedTuple):
    """The head and the foot of a column.

    Attributes:
        letter: A, B, C or D.
        label: What tells the lane apart.
        outcome: How its run ends: completed, stack_overflow, ...; empty where a lesson asks that.
        over: Whether it has ended there already, at the cursor.
        state: together, parted, waits, done or stopped.
        apart: Whether the lanes have parted in the operation at the cursor.
        event: Which event of how many it is at.
        field: The guard's field, or what it does without one.
        value: The field's value as text, empty where the guard keeps none.
        bits: The field's bits, the highest first; empty where it is shown as a number.
        wrapped: Whether a save on the stack made the field wrap around.
        used_bytes: Stack in use, with what the stack shares with others.
        thread_bytes: THREAD_SIZE.
        reserved_bytes: What task_struct takes of it.
        sentence: What the lane is doing.
        stop: What stands below the newest frame: guard, danger, or nothing.
        stop_words: What is said there.
    """

    letter: str
    label: str
    outcome: str
    over: bool
    state: str
    apart: bool
    event: str
    field: str
    value: str
    bits: tuple[int, ...]
    wrapped: bool
    used_bytes: int
    thread_bytes: int
    reserved_bytes: int
    position: int
    sentence: str
    stop: str
    stop_words: str

    @property
    def outcome_word(self) -> str:
        """How the run ends, as a word."""
        return OUTCOMES[self.outcome][2] if self.outcome else ""

    @property
    def outcome_role(self) -> str:
        """The outcome of the theme that the word has."""
        return OUTCOMES[self.outcome][0] if self.outcome else "info"

    @property
    def waiting(self) -> bool:
        """Whether the lane stands still while others move, or for good."""
        return self.state in ("waits", "done", "stopped")

    def describe(self) -> str:
        """Return the column in words, for a screen reader."""
        value = f"{self.field} is {self.value}" if self.value else self.field
        parts = [
            f"Lane {self.letter}, {self.label}", f"ends: {self.outcome_word or ASKED}", self.state,
            self.event, value + (", wrapped around" if self.wrapped else ""),
            f"{self.used_bytes:,} of {self.thread_bytes:,} bytes of stack", self.sentence,
        ]  # fmt: skip
        return ". ".join(filter(None, parts))


class FrameLook(NamedTuple):
    """A row of a column: a frame, or what stands for several.

    Attributes:
        name: What the row says.
        subsystem: Whose function it is; empty for a fold.
        note: What stands at the right.
        wrapped: Whether this save made the guard's field wrap around.
        shared: Whether all lanes have it.
        folded: Whether it stands for several frames.
        call: Position of the call, -1 for a fold.
    """

    name: str
    subsystem: str
    note: str
    wrapped: bool
    shared: bool
    folded: bool
    call: int


def lane_look(session: CompareSession, view: LaneSession) -> LaneLook:
    """Return what a lane's head and foot say at the cursor."""
    trace, state = view.trace, view.state()
    assert trace is not None
    assert state is not None
    info, position = trace.info, view.position
    field, value, bits = _guard(trace, state.word)
    covered = session.cursor.covered
    if BITS in covered and value:
        value, bits = MARK, ()
    stopped = view.ended and info.outcome != "completed"
    stop, words = _stop(trace, position, stopped=stopped)
    return LaneLook(
        letter=view.letter,
        label=view.label,
        outcome="" if OUTCOME in covered else info.outcome,
        over=view.ended,
        state=_state(session, view, stopped=stopped),
        apart=session.parted,
        event=f"event {position + 1:,} of {MARK if LENGTH in covered else f'{len(trace):,}'}",
        field=field,
        value=value,
        bits=bits,
        wrapped=_wrapped(trace, state.frames, position),
        used_bytes=state.stack_bytes + info.reserved_bytes,
        thread_bytes=info.thread_bytes,
        reserved_bytes=info.reserved_bytes,
        position=position,
        sentence=explain(trace, position),
        stop=stop,
        stop_words=words,
    )


def _state(session: CompareSession, view: LaneSession, *, stopped: bool) -> str:
    if stopped:
        return "stopped"
    if session.waits(view.number):
        return "done" if view.ended else "waits"
    return "parted" if session.parted else "together"


def _guard(trace: Trace, word: int) -> tuple[str, str, tuple[int, ...]]:
    guard = trace.info.guard
    if guard.unit_bytes:
        value = guard.value_of(word)
        size = guard.bit_size
        bits = tuple(value >> at & 1 for at in reversed(range(size))) if size <= MOST_BITS else ()
        return guard.field, f"{value:,}", bits
    if guard.design == "scan":
        return f"looks for itself in {SCANNED_ENTRIES} entries", "", ()
    if guard.design == "gfp":
        return "looks at the gfp mask", "", ()
    return "nothing stops the recursion", "", ()


def _stop(trace: Trace, position: int, *, stopped: bool) -> tuple[str, str]:
    if stopped:
        return "danger", stop_words(trace.info)[0]
    if position >= 0 and trace.kind(position) is Kind.SHORT_CIRCUITED:
        return "guard", "the guard returns dummy_handle"
    if position > 0 and trace.kind(position - 1) is Kind.SHORT_CIRCUITED:
        return "guard", "dummy_handle goes back: the recursion is over"
    return "", ""


def _wrapped(trace: Trace, frames: Sequence[Frame], position: int) -> bool:
    """Whether one of the saves on the stack wrapped the field; the newest ones are asked first."""
    guard = trace.info.guard
    # A field that can hold the maximum is never counted past it.
    if not guard.unit_bytes or guard.max_depth < 1 << guard.bit_size:
        return False
    saves = [frame for frame in frames if frame.function.name == "save_stack"]
    # The field goes round once in so many saves: one of these has seen it wrap, if any has.
    newest = saves[-(1 << guard.bit_size) - 1 :]
    return any(guard_tag(trace, frame.call, position)[1] for frame in reversed(newest))


def frame_looks(
    view: LaneSession, rows: Sequence[StackRow], frames: Sequence[Frame]
) -> list[FrameLook]:
    """Return what the rows of a lane say; only they are worked out, not the whole stack."""
    trace = view.trace
    assert trace is not None
    return [
        _fold_look(trace, row, frames[row.first : row.first + row.n_frames], view.position)
        if row.folded
        else _frame_look(view, trace, row, frames[row.first])
        for row in rows
    ]


def _fold_look(trace: Trace, row: StackRow, folded: Sequence[Frame], position: int) -> FrameLook:
    """Return what a fold says: how many frames, and whether the guard's field wrapped in one."""
    words = plural(row.n_frames, "frame")
    guard = trace.info.guard
    if guard.unit_bytes and guard.max_depth >= 1 << guard.bit_size:
        saves = [frame for frame in folded if frame.function.name == "save_stack"]
        for frame in saves[-(1 << guard.bit_size) :]:
            tag, wrapped = guard_tag(trace, frame.call, position)
            if wrapped:
                return FrameLook(f"{words}, {tag} wraps", "", "", True, row.shared, True, -1)
    return FrameLook(words, "", "", False, row.shared, True, -1)


def _frame_look(view: LaneSession, trace: Trace, row: StackRow, frame: Frame) -> FrameLook:
    function = frame.function
    name = function.essential if view.essential_only and function.essential else function.name
    note, wrapped = "", False
    if function.name == "save_stack":
        note, wrapped = guard_tag(trace, frame.call, view.position)
    if wrapped:
        note += " wraps"
    elif not note and frame.occurrence > 1:
        note = ordinal(frame.occurrence)
    return FrameLook(name, function.subsystem, note, wrapped, row.shared, False, frame.call)


def frame_tip(frame: Frame) -> str:
    """Return everything about a frame, as a tool tip."""
    function = frame.function
    lines = [function.name, function.source]
    if function.essential and function.essential != function.name:
        lines[0] += f"  (the mail says {function.essential})"
    guessed = ", inferred" if function.inferred else ""
    lines.append(
        f"{plural(function.stack_bytes, 'byte')}{guessed} on the stack, "
        f"{frame.used_bytes:,} in use with it"
    )
    if frame.occurrence > 1:
        lines.append(f"{ordinal(frame.occurrence)} time on this stack")
    return "\n".join(filter(None, lines))
