"""What happens at which choice point, as a scenario writes it.

``"5 interrupt nic"``: at the run's choice point number 5 the interrupt nic comes. The words are
``interrupt NAME``, ``cpu N [TASK]`` (the task of another CPU goes on), ``preempt TASK`` (this CPU
goes on with another task), ``migrate TASK N`` (idle CPU N pulls it) and ``fail``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from core.errors import ScenarioError, did_you_mean
from core.kernel.choices import Option, Point, Way
from core.kernel.chooser import ScriptedChooser
from core.kernel.outcome import BudgetExhausted

_EXAMPLE = "write it like '5 interrupt nic', '9 cpu 1', '12 preempt sh/40' or '14 fail'"
_WORDS = {
    "cpu": Way.CPU,
    "preempt": Way.PREEMPT,
    "interrupt": Way.INTERRUPT,
    "fail": Way.FAIL,
    "migrate": Way.MIGRATE,
}
_ANY = -1


class Names(NamedTuple):
    """The names that choices use: tasks ("comm/pid") and interrupts, by number."""

    tasks: tuple[str, ...]
    interrupts: tuple[str, ...]


class Choice(NamedTuple):
    """One choice: a point and what happens there; -1 stands for any argument or CPU."""

    number: int
    way: Way
    argument: int
    cpu: int

    def fits(self, option: Option) -> bool:
        """Whether an option of the point is the one that was chosen."""
        return (
            option.way is self.way
            and self.argument in (_ANY, option.argument)
            and self.cpu in (_ANY, option.cpu)
        )


def describe(option: Option, names: Names) -> str:
    """Return an option as a choice writes it, without the point's number."""
    if option.way is Way.INTERRUPT:
        return f"interrupt {names.interrupts[option.argument]}"
    if option.way is Way.CPU:
        return f"cpu {option.cpu} {names.tasks[option.argument]}"
    if option.way is Way.PREEMPT:
        return f"preempt {names.tasks[option.argument]}"
    if option.way is Way.MIGRATE:
        return f"migrate {names.tasks[option.argument]} {option.cpu}"
    return "fail" if option.way is Way.FAIL else "go on"


def parse_choices(texts: Sequence[str], names: Names, *, where: str) -> dict[int, Choice]:
    """Return choices by their point.

    Args:
        texts: As a scenario has them.
        names: What they can name.
        where: What errors begin with.

    Raises:
        ScenarioError: One is not written right, names what there is not, or shares its point.
    """
    found: dict[int, Choice] = {}
    for text in texts:
        choice = _parse(text, names, where)
        if choice.number in found:
            raise ScenarioError(
                f"two choices for point {choice.number}, the second is {text!r}",
                where=where,
                advice="keep one of them",
            )
        found[choice.number] = choice
    return found


def _parse(text: str, names: Names, where: str) -> Choice:
    number, _, rest = text.strip().partition(" ")
    word, _, rest = rest.strip().partition(" ")
    rest = rest.strip()
    if not (number.isascii() and number.isdecimal() and len(number) < 10) or word not in _WORDS:
        raise ScenarioError(f"no choice: {text[:60]!r}", where=where, advice=_EXAMPLE)
    way, at = _WORDS[word], int(number)
    if way is Way.FAIL:
        if rest:
            raise ScenarioError(f"no choice: {text[:60]!r}", where=where, advice=_EXAMPLE)
        return Choice(at, way, _ANY, _ANY)
    if way is Way.INTERRUPT:
        return Choice(at, way, _numbered(rest, names.interrupts, "interrupt", where), _ANY)
    if way is Way.PREEMPT:
        return Choice(at, way, _numbered(rest, names.tasks, "task", where), _ANY)
    if way is Way.MIGRATE:
        task, _, cpu = rest.rpartition(" ")
        return Choice(at, way, _numbered(task, names.tasks, "task", where), _cpu(cpu, text, where))
    cpu, _, task = rest.partition(" ")
    argument = _numbered(task.strip(), names.tasks, "task", where) if task else _ANY
    return Choice(at, way, argument, _cpu(cpu, text, where))


def _cpu(word: str, text: str, where: str) -> int:
    if not (word.isascii() and word.isdecimal() and len(word) < 4):
        raise ScenarioError(f"no CPU in the choice {text[:60]!r}", where=where, advice=_EXAMPLE)
    return int(word)


def _numbered(name: str, known: tuple[str, ...], what: str, where: str) -> int:
    if name not in known:
        raise ScenarioError(
            f"a choice names {what} {name[:40]!r}, which the scenario does not have",
            where=where,
            advice=did_you_mean(name, known) if known else f"it has no {what}",
        )
    return known.index(name)


class ChosenChooser(ScriptedChooser):
    """Lets happen what a scenario's choices say, and nothing else.

    Args:
        choices: By their point.
        failures: Allocations that fail, as for ``ScriptedChooser``.
        names: For the words of errors.
        where: What errors begin with.
        lenient: Whether a choice that does not fit is left out, because the user changed something
            about the scenario that it was made for.
    """

    asks = True

    def __init__(
        self,
        choices: Mapping[int, Choice],
        failures: Mapping[str, Sequence[int]],
        names: Names,
        where: str,
        *,
        lenient: bool = False,
    ) -> None:
        super().__init__(failures)
        self._left = dict(choices)
        self._names = names
        self._where = where
        self._lenient = lenient
        self._left_out: list[Choice] = []

    def choose(self, point: Point) -> int:
        """Return what was chosen for the point.

        Raises:
            ScenarioError: That cannot happen there, and the chooser is not lenient.
        """
        choice = self._left.pop(point.number, None)
        if choice is None:
            return 0
        for index, option in enumerate(point.options):
            if choice.fits(option):
                return index
        if self._lenient:
            self._left_out.append(choice)
            return 0
        possible = ", ".join(describe(option, self._names) for option in point.options)
        raise ScenarioError(
            f"choice {choice.number} does not fit the scenario: {self._words(choice)!r} cannot "
            f"happen there, only: {possible}",
            where=self._where,
            advice="explore it again, the scenario has changed",
        )

    def check_all_used(self, outcome: str) -> None:
        """Refuse choices that the run never came to; one that was cut short tells nothing.

        Raises:
            ScenarioError: There are some left, and the chooser is not lenient.
        """
        if not self._left or outcome == BudgetExhausted.outcome:
            return
        if self._lenient:
            self._left_out += self._left.values()
            return
        raise ScenarioError(
            f"choice {min(self._left)} does not fit the scenario: the run ended ({outcome}) before "
            "it came to that point",
            where=self._where,
            advice="explore it again, the scenario has changed",
        )

    def warning(self) -> str:
        """Return what was left out as a sentence, or an empty string."""
        if not self._left_out:
            return ""
        told = ", ".join(f"'{choice.number} {self._words(choice)}'" for choice in self._left_out)
        one = len(self._left_out) == 1
        return (
            f"the {'choice' if one else 'choices'} {told} {'does' if one else 'do'} not fit what "
            f"was changed about the scenario and {'was' if one else 'were'} left out; exploring it "
            "finds others"
        )

    def _words(self, choice: Choice) -> str:
        if choice.way is Way.CPU and choice.argument == _ANY:
            return f"cpu {choice.cpu}"
        option = Option(choice.way, max(0, choice.argument), choice.cpu)
        return describe(option, self._names)
