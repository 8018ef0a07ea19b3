"""What the Explore workspace is about: the question, how far it is, and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gui.explore_question import Question
from gui.widgets.explore.words import cheapest

if TYPE_CHECKING:
    from core.explore.estimate import Estimate
    from core.explore.result import Exploration, Progress, PropertyResult
    from gui.explore_asking import Asked
    from gui.explore_estimator import Estimator
    from gui.explore_runner import ExploreRunner
    from gui.session import Session

ESTIMATE_MS = 400
"""How long the question must have stayed the same before its size is estimated."""
LARGE_RUNS, LARGE_SECONDS = 1_000_000, 120.0
"""From here on the user is asked first."""


class ExploreSession(Question):
    """The question and the answer.

    Attributes:
        estimate: What the question is likely to take, None where nobody knows yet.
        preparing: It is to start as soon as it is known how long it will take.
        progress: How far the exploration under way is, None before its first word.
        result: The last answer.
        asked: The question it answers, or that is being answered.
        selected: Name of the property that is looked at, or empty.
        node: Number of the state that is looked at, or -1.

    Signals:
        estimate_changed: The estimate is there, or no longer.
        started: It began.
        progressed: It went on.
        ended: It is over, however it ended.
        result_changed: There is another answer.
        selection_changed: Another property or state is looked at.
        doubted: It is likely to take so long that the user is asked first; carries the estimate.
        failed: Carries a sentence.
    """

    estimate_changed = Signal()
    started = Signal()
    progressed = Signal()
    ended = Signal()
    result_changed = Signal()
    selection_changed = Signal()
    doubted = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        player: Session,
        runner: ExploreRunner,
        estimator: Estimator,
        parent: QObject | None = None,
        estimate_ms: int = ESTIMATE_MS,
    ) -> None:
        super().__init__(player, parent)
        self._runner, self._estimator = runner, estimator
        self.estimate: Estimate | None = None
        self.progress: Progress | None = None
        self.result: Exploration | None = None
        self.asked: Asked | None = None
        self._answered: Asked | None = None
        self._estimated: Asked | None = None
        self.stopping = self.preparing = False
        self._watched = False
        self.selected, self.node = "", -1
        self._later = QTimer(self, singleShot=True, interval=estimate_ms)
        self._later.timeout.connect(self._ask_estimate)
        estimator.known.connect(self._take_estimate)
        estimator.unknown.connect(lambda: self._take_estimate(None))
        runner.started.connect(self.started)
        runner.progressed.connect(self._tell)
        runner.finished.connect(self._take)
        runner.stopped.connect(self._stopped)
        runner.failed.connect(self._failed)
        self._follow()

    # -- how long it would take -----------------------------------------------------------

    def _renew(self) -> None:
        super()._renew()
        if self.question != self._estimated:
            self._estimator.cancel()
            self.estimate = self._estimated = None
            if self.preparing:
                self._over()
            self._later.start()
            self.estimate_changed.emit()

    def watch(self, watched: bool) -> None:
        """Say whether anybody looks: only then it is estimated how long it would take."""
        self._watched = watched
        if watched and self.estimate is None:
            self._later.start()

    def _ask_estimate(self) -> None:
        self._later.stop()
        question = self.question
        if question is None or self._runner.busy or not (self._watched or self.preparing):
            return
        if question != self._estimated:
            self._estimated = question
            self._estimator.ask(question)

    def _take_estimate(self, estimate: Estimate | None) -> None:
        self.estimate = estimate
        self.estimate_changed.emit()
        if self.preparing:
            self.preparing = False
            if estimate is not None and is_large(estimate):
                self.ended.emit()
                self.doubted.emit(estimate)
            else:
                self._go()

    # -- exploring ------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether an exploration is under way, or about to be."""
        return self.preparing or self._runner.busy

    def start(self, *, sure: bool = False) -> bool:
        """Explore; False where there is nothing to explore.

        Args:
            sure: The user knows how long it is likely to take; else that is found out first.
        """
        question = self.question
        if question is None:
            self.failed.emit("there is no scenario to explore; open one")
            return False
        if not question.properties:
            self.failed.emit("nothing is to hold: choose at least one property")
            return False
        self.asked, self.progress, self.stopping = question, None, False
        if sure:
            self._go()
            return True
        self.preparing = True
        if self.estimate is not None:
            self._take_estimate(self.estimate)
        else:
            self._ask_estimate()
            self.started.emit()
        return True

    def start_unless_answered(self) -> None:
        """Explore where nobody has yet: who shows the answer waits for no button."""
        if not self.busy and (self.result is None or self.outdated):
            self.start()

    def _go(self) -> None:
        assert self.asked is not None
        self._estimator.cancel()
        self.selected, self.node = "", -1
        self._runner.run(self.asked)

    def stop(self) -> None:
        """Stop, and keep what was found."""
        if self.preparing:
            self._estimator.cancel()
            self._estimated = None
            self._over()
        elif self._runner.stop():
            self.stopping = True
            self.progressed.emit()

    def cancel(self) -> None:
        """Give up what is under way, as when the window closes."""
        self._estimator.cancel()
        if self._runner.cancel() or self.preparing:
            self._over()

    def _tell(self, progress: Progress) -> None:
        self.progress = progress
        self.progressed.emit()

    def _take(self, result: Exploration) -> None:
        self.result, self._answered = result, self.asked
        first = cheapest(result)
        self.selected, self.node = first.name if first is not None else "", -1
        self.result_changed.emit()
        self.selection_changed.emit()
        self._over()

    def _stopped(self) -> None:
        self._over()
        self.failed.emit("it was stopped before anything was found")

    def _failed(self, sentence: str) -> None:
        self._over()
        self.failed.emit(sentence)

    def _over(self) -> None:
        self.progress, self.stopping, self.preparing = None, False, False
        self.ended.emit()
        if self.estimate is None:
            self._later.start()

    # -- what is looked at ----------------------------------------------------------------

    @property
    def outdated(self) -> bool:
        """Whether the answer is one to another question than what is set now."""
        return self.result is not None and self._answered != self.question

    @property
    def answered(self) -> Asked | None:
        """The question that the answer answers."""
        return self._answered

    @property
    def broken(self) -> tuple[PropertyResult, ...]:
        """The properties with a counterexample."""
        result = self.result
        return tuple(each for each in result.properties if not each.holds) if result else ()

    def property(self, name: str) -> PropertyResult | None:
        """Return what the answer says of a property."""
        result = self.result
        found = (each for each in (result.properties if result else ()) if each.name == name)
        return next(found, None)

    def select(self, name: str) -> None:
        """Look at a property."""
        if (name, -1) != (self.selected, self.node):
            self.selected, self.node = name, -1
            self.selection_changed.emit()

    def select_node(self, node: int) -> None:
        """Look at a state of the picture, at none with -1."""
        if node != self.node:
            self.node = node
            self.selection_changed.emit()

    def next_broken(self, step: int = 1) -> None:
        """Look at the next property with a counterexample, or at the one before."""
        names = [each.name for each in self.broken]
        if names:
            at = names.index(self.selected) + step if self.selected in names else 0
            self.select(names[at % len(names)])


def is_large(estimate: Estimate) -> bool:
    """Whether the user is asked before this."""
    return estimate.runs > LARGE_RUNS or estimate.seconds > LARGE_SECONDS
