"""What the schema alone cannot see: names that refer to each other, and what cannot be asked."""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import ScenarioError, at_line, did_you_mean
from core.scenario.choices import Names, parse_choices
from core.scenario.schema import HandlerWork, Scenario, Work
from core.scenario.toml_lines import line_of

NEEDS_TARGET = ("set_scheduler", "wake", "fork")
LOCKING = ("lock", "trylock", "unlock")
NEEDS_SCHEDULER = (*NEEDS_TARGET, "sleep", "migrate")


def names_of(scenario: Scenario) -> Names:
    """Return the names that choices and targets use."""
    return Names(
        tuple(task.name for task in scenario.tasks),
        tuple(interrupt.name for interrupt in scenario.interrupts),
    )


def needs_names(scenario: Scenario) -> bool:
    """Whether anything in a scenario names a task."""
    works = (work for _, work in _all_works(scenario))
    return bool(scenario.schedule.choices) or any(work.op in NEEDS_TARGET for work in works)


def forked(scenario: Scenario) -> frozenset[str]:
    """Return the tasks that begin only when another one forks them."""
    return frozenset(work.target for _, work in _all_works(scenario) if work.op == "fork")


def check(scenario: Scenario, text: str, where: str) -> None:
    """Refuse a scenario whose parts do not fit together.

    Args:
        scenario: The scenario.
        text: Its TOML, for line numbers.
        where: What errors begin with.

    Raises:
        ScenarioError: The first thing that does not fit.
    """
    _Checks(scenario, text, where).all()


def _all_works(scenario: Scenario) -> Iterator[tuple[list[str | int], Work | HandlerWork]]:
    for at, task in enumerate(scenario.tasks):
        for number, work in enumerate(task.work):
            yield ["tasks", at, "work", number], work
    for at, interrupt in enumerate(scenario.interrupts):
        for number, handled in enumerate(interrupt.work):
            yield ["interrupts", at, "work", number], handled


class _Checks:
    def __init__(self, scenario: Scenario, text: str, where: str) -> None:
        self._scenario = scenario
        self._text = text
        self._where = where
        self._names = names_of(scenario)

    def all(self) -> None:
        self._cpus()
        self._unique()
        self._works()
        self._forks()
        self._interrupts()
        parse_choices(
            self._scenario.schedule.choices, self._names, where=self._at(["schedule", "choices"])
        )

    def _at(self, path: list[str | int]) -> str:
        return at_line(self._where, line_of(self._text, path))

    def _refuse(self, path: list[str | int], problem: str, advice: str = "") -> ScenarioError:
        return ScenarioError(problem, where=self._at(path), advice=advice)

    def _cpus(self) -> None:
        count = self._scenario.kernel.cpus
        advice = f"[kernel] says cpus = {count}: they count from 0"
        for at, task in enumerate(self._scenario.tasks):
            if task.cpu >= count:
                raise self._refuse(["tasks", at, "cpu"], f"there is no CPU {task.cpu}", advice)
        for at, interrupt in enumerate(self._scenario.interrupts):
            for cpu in interrupt.cpus:
                if cpu >= count:
                    raise self._refuse(["interrupts", at, "cpus"], f"there is no CPU {cpu}", advice)
        for path, work in _all_works(self._scenario):
            if isinstance(work, Work) and work.op == "migrate" and work.to >= count:
                raise self._refuse([*path, "to"], f"there is no CPU {work.to}", advice)
        if count > 1 and not self._scenario.kernel.config_smp:
            raise self._refuse(
                ["kernel", "cpus"],
                f"{count} CPUs without CONFIG_SMP",
                "set config_smp = true, or cpus = 1",
            )

    def _unique(self) -> None:
        if not needs_names(self._scenario):
            return
        for at, task in enumerate(self._scenario.tasks):
            if task.name in self._names.tasks[:at]:
                raise self._refuse(
                    ["tasks", at], f"two tasks are called {task.name}", "give each its own pid"
                )

    def _works(self) -> None:
        tasks = self._names.tasks
        every = [work for _, work in _all_works(self._scenario)]
        taken = [work.lock for work in every if work.op in ("lock", "trylock")]
        for path, work in _all_works(self._scenario):
            if work.op in NEEDS_TARGET and work.target not in tasks:
                raise self._refuse(
                    [*path, "target"] if work.target else path,
                    f"{work.op} needs target = the comm/pid of a task, got {work.target[:40]!r}",
                    did_you_mean(work.target, tasks),
                )
            if work.op in LOCKING and not work.lock:
                raise self._refuse(path, f"{work.op} needs lock = the name of a lock")
            if work.op == "unlock" and work.lock not in taken:
                raise self._refuse(
                    [*path, "lock"],
                    f"nobody takes the lock {work.lock!r}",
                    did_you_mean(work.lock, taken) if taken else 'take it with op = "lock" first',
                )
            if work.op in ("sleep", "migrate", "exit") and isinstance(work, Work):
                if work.irqs_off or work.nmi:
                    raise self._refuse(path, f"{work.op} cannot be asked with interrupts off")
                if work.repeat > 1 and work.op == "exit":
                    raise self._refuse([*path, "repeat"], "a task exits once")

    def _forks(self) -> None:
        seen: set[str] = set()
        for path, work in _all_works(self._scenario):
            if work.op != "fork":
                continue
            if work.target in seen or work.repeat > 1:
                raise self._refuse(path, f"{work.target} is forked twice")
            seen.add(work.target)
        for at, task in enumerate(self._scenario.tasks):
            ops = [work.op for work in task.work]
            if "exit" in ops[:-1]:
                raise self._refuse(["tasks", at], f"{task.name} has work after its exit")
            if any(w.op == "fork" and w.target == task.name for w in task.work):
                raise self._refuse(["tasks", at], f"{task.name} forks itself")
        if len(seen) == len(self._scenario.tasks):
            raise self._refuse(["tasks"], "every task is forked by another: none begins")

    def _interrupts(self) -> None:
        interrupts = self._scenario.interrupts
        soft = [each.name for each in interrupts if each.kind == "soft"]
        for at, each in enumerate(interrupts):
            if each.name in self._names.interrupts[:at]:
                raise self._refuse(["interrupts", at], f"two interrupts are called {each.name}")
            if not each.raises:
                continue
            if each.kind in ("soft", "nmi"):
                raise self._refuse(
                    ["interrupts", at, "raises"], f"a {each.kind} interrupt raises no soft one"
                )
            if each.raises not in soft:
                raise self._refuse(
                    ["interrupts", at, "raises"],
                    f"there is no soft interrupt {each.raises[:40]!r}",
                    did_you_mean(each.raises, soft) if soft else 'add one with kind = "soft"',
                )
