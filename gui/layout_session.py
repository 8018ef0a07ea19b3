"""What the Layout workspace is about: a kernel, one of its structs, and the field to be added.

Views hear the signals, call the methods and never know each other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.errors import OwnerscopeError
from core.layout import library
from core.layout.analysis import Question, analyse
from core.layout.field import GUARD_FIELDS
from core.layout.model import TASK_STRUCT
from core.layout.source_analysis import shuffling_config
from core.layout.sources.opening import open_kernel as open_source
from core.layout.staircase import steps_at
from gui.covered import Covered

if TYPE_CHECKING:
    from core.layout.analysis import Analysis, Answer
    from core.layout.model import KernelLayout, KernelTypes
    from core.layout.staircase import Step
    from core.layout.what_if import WhatIf

MOST_LOOKED_AT = 8
"""So many of the program's own layouts are kept with what was worked out about them."""
_looked_at: dict[tuple[str, Question], Analysis] = {}
"""They are the same for every session: each picture of a handout has one of its own."""


class LayoutSession(QObject):
    """A kernel's struct and what one more field does to it.

    Signals:
        layout_changed: Another kernel or struct is open, or more is said about the machine. The
            answer is another one too.
        answer_changed: Another field, or another place for it.
        member_selected: A member was chosen to look at (its name), or none (empty).
        pointed_changed: A lesson points at other members (``pointed``), or at none.
        tasks_changed: Another number of tasks to count the memory of.
        failed: A sentence about something the user can fix.
    """

    layout_changed = Signal()
    answer_changed = Signal()
    member_selected = Signal(str)
    pointed_changed = Signal()
    tasks_changed = Signal(int)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.analysis: Analysis | None = None
        self.opened = ""
        self.field_text = GUARD_FIELDS[0]
        self.place = ""
        self.selected = ""
        self.pointed: tuple[str, ...] = ()
        self.covered = Covered(self)
        self.tasks = 1000
        self.reason = ""
        self._types: KernelTypes | None = None
        self._question = Question()
        self._priced: Answer | None = None

    # -- what is open ---------------------------------------------------------------------

    @property
    def layout(self) -> KernelLayout | None:
        """The struct with where it is from, None where nothing is open."""
        return self.analysis.layout if self.analysis is not None else None

    @property
    def line_bytes(self) -> int:
        """Size of a cache line."""
        return self.analysis.rules.line_bytes if self.analysis is not None else 64

    @property
    def question(self) -> Question:
        """What the user said about the kernel and its machine."""
        return self._question

    def open(self, name_or_path: str, asking: tuple[str, str] | None = None) -> bool:
        """Open a kernel: a bundled one, this machine's, or a file; errors leave what was open.

        Args:
            name_or_path: The kernel.
            asking: The field and the place to ask about there, those in force if not given.
        """
        try:
            analysis = self._first_look(name_or_path)
        except OwnerscopeError as error:
            self.failed.emit(str(error))
            return False
        self._types, self.opened = analysis.types, name_or_path
        if asking is not None:
            self.field_text, self.place = asking
        self._take(analysis)
        return True

    def open_text(self, text: str) -> bool:
        """Open what pahole printed, as it stands in a mail."""
        try:
            types = open_source(text.encode(), name="pasted", label="pasted text")
            names = types.struct_names()
            struct = TASK_STRUCT if TASK_STRUCT in names else names[0]
            analysis = analyse(types, Question(struct=struct))
        except OwnerscopeError as error:
            self.failed.emit(str(error))
            return False
        self._types, self.opened = types, ""
        self._take(analysis)
        return True

    def _first_look(self, name_or_path: str) -> Analysis:
        """Look at the struct that was looked at before, where this kernel has it too.

        What the program brings along does not change, so it is looked at once.
        """
        here = name_or_path == library.THIS_MACHINE
        types = library.open_kernel(name_or_path)
        question = Question(on_this_machine=here, shuffled_by=shuffling_config(name_or_path))
        struct = self._question.struct
        if types.find(struct) is None:
            struct = TASK_STRUCT
        question = replace(question, struct=struct)
        if name_or_path not in library.bundled():
            return analyse(types, question)
        key = name_or_path, question
        known = _looked_at.get(key)
        if known is None:
            known = _looked_at[key] = analyse(types, question)
            while len(_looked_at) > MOST_LOOKED_AT:
                del _looked_at[next(iter(_looked_at))]
        return known

    def prepare(self, name: str, field_text: str, place: str) -> None:
        """Work out ahead what will be asked about one of the program's own layouts.

        Nothing is shown, and nothing is said about what cannot be answered: that is for when it
        is asked.
        """
        if name and name not in library.bundled():
            return
        try:
            analysis = self._first_look(name) if name else self.analysis
            if analysis is None:
                return
            for where in (place, ""):
                asked = analysis.ask(field_text, where)
            steps_at(analysis, asked.what_if.field.place)
            analysis.compare()
        except OwnerscopeError:
            return

    def show_struct(self, struct: str) -> bool:
        """Look at another struct of the kernel."""
        # What was said about the old struct's alignment and place says nothing about the new one.
        self.place = ""
        return self.say(struct=struct, align_bytes=0)

    def say(self, **about: str | int | bool) -> bool:
        """Say something about the kernel or its machine (fields of ``Question``)."""
        if self._types is None:
            return False
        try:
            analysis = analyse(self._types, replace(self._question, **about))  # type: ignore[arg-type]
        except OwnerscopeError as error:
            self.failed.emit(str(error))
            return False
        self._take(analysis)
        return True

    def _take(self, analysis: Analysis) -> None:
        self.analysis, self._question = analysis, analysis.question
        if self.place and self.can_place(self.place):
            self.place = ""
        if self.selected not in analysis.layout.struct:
            self.selected = ""
        self._answer()
        self.layout_changed.emit()
        self.answer_changed.emit()
        self.member_selected.emit(self.selected)

    # -- the field ------------------------------------------------------------------------

    @property
    def answer(self) -> WhatIf | None:
        """What the field does, None where there is no field or nothing can be predicted."""
        return self._priced.what_if if self._priced is not None else None

    @property
    def priced(self) -> Answer | None:
        """What the field does and what it costs."""
        return self._priced

    def set_field(self, text: str) -> bool:
        """Ask about another field; an empty text asks about none."""
        return self._change(text, self.place)

    def set_place(self, place: str) -> bool:
        """Put the field elsewhere; empty is where the patches put such a field."""
        return self._change(self.field_text, place)

    def ask(self, field: str, place: str) -> bool:
        """Ask about another field in another place, both at once."""
        return self._change(field, place)

    def can_place(self, place: str) -> str:
        """Return why the field cannot go to a place, or an empty string."""
        if self.analysis is None or not self.field_text:
            return "there is no field to place"
        try:
            self.analysis.ask(self.field_text, place)
        except OwnerscopeError as error:
            return str(error)
        return ""

    def comparison(self) -> tuple[Answer, ...]:
        """Return the answers for the three storages, each in its own place; none if impossible."""
        try:
            return self.analysis.compare() if self.analysis is not None else ()
        except OwnerscopeError:
            return ()

    def staircase(self) -> tuple[Step, ...]:
        """Return what bytes added at the field's place cost; nothing if that is impossible."""
        if self.analysis is None:
            return ()
        try:
            return steps_at(self.analysis, self.answer.field.place if self.answer else "")
        except OwnerscopeError:
            return ()

    def _change(self, field_text: str, place: str) -> bool:
        before = self.field_text, self.place
        self.field_text, self.place = field_text, place
        if not self._answer() and field_text and self.analysis is not None:
            reason = self.reason
            self.field_text, self.place = before
            self._answer()
            self.failed.emit(reason)
            return False
        self.answer_changed.emit()
        return True

    def _answer(self) -> bool:
        """Work the answer out; False leaves the reason in ``reason``."""
        self._priced, self.reason = None, ""
        if self.analysis is None or not self.field_text:
            return False
        try:
            self._priced = self.analysis.ask(self.field_text, self.place)
        except OwnerscopeError as error:
            self.reason = str(error)
            return False
        return True

    # -- what is looked at ----------------------------------------------------------------

    def select(self, member: str) -> None:
        """Choose a member to look at; an empty name chooses none."""
        if member != self.selected:
            self.selected = member
            self.member_selected.emit(member)

    def point(self, members: tuple[str, ...]) -> None:
        """Point at some members; the map brings the first one in sight."""
        if members != self.pointed:
            self.pointed = members
            self.pointed_changed.emit()

    def set_tasks(self, tasks: int) -> None:
        """Count the memory of another number of tasks."""
        tasks = max(1, tasks)
        if tasks != self.tasks:
            self.tasks = tasks
            self.tasks_changed.emit(tasks)
