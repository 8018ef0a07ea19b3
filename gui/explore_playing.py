"""A run that exploring found: opened in the window as a scenario, or saved as one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject

from core.errors import OwnerscopeError
from gui.widgets.ask import ask_where

if TYPE_CHECKING:
    from core.explore.result import Counterexample
    from core.trace.trace import Trace
    from gui.explore_asking import Asked
    from gui.explore_session import ExploreSession
    from gui.session import Session
    from gui.window import MainWindow

KINDS = "Scenarios (*.toml)"


class Run(NamedTuple):
    """A run that can be played.

    Attributes:
        example: What happens in it, and at which event to look; -1 for where the last choice shows.
        broken: The property it breaks, empty for the way to a state.
        name: What it is about, for the name of a file.
        ended: Whether it is a whole run: without an event one then looks at its end.
    """

    example: Counterexample
    broken: str
    name: str
    ended: bool = True


def run_of(session: ExploreSession) -> Run | None:
    """Return the run of what is looked at: of a state, or of a counterexample."""
    from core.explore.result import Counterexample

    result = session.result
    if result is None or session.busy:
        return None
    if session.node >= 0 and result.graph is not None:
        state = result.graph.nodes[session.node]
        found = session.property(state.broken)
        example = found.counterexample if found is not None else None
        if example is None or example.choices != state.choices:
            example = Counterexample(state.choices, 0, 0, 0)
        name = state.broken or f"state-{session.node}"
        return Run(example, state.broken, name, bool(state.outcome))
    found = session.property(session.selected)
    if found is None or found.counterexample is None:
        return None
    return Run(found.counterexample, found.name, found.name)


def written(asked: Asked, run: Run) -> str:
    """Return the scenario in which just that run happens, as text.

    Raises:
        OwnerscopeError: It cannot be written.
    """
    from core.explore.result import PropertyResult
    from core.explore.saving import scenario_text

    result = PropertyResult(run.broken or run.name, holds=False, counterexample=run.example)
    text = scenario_text(asked.request, result)
    return text if run.broken else _way_to_state(text, asked, run)


def _way_to_state(text: str, asked: Asked, run: Run) -> str:
    """Return a scenario's text without the claim that anything breaks in it."""
    import tomllib

    import tomli_w

    document = tomllib.loads(text)
    title = asked.source.document.get("title", asked.source.where)
    document["title"] = f"{title}: the way to {run.name.replace('-', ' ')}"
    document["shows"] = "One of the runs that exploring came through."
    document["explore"]["properties"] = list(asked.properties)
    return tomli_w.dumps(document, multiline_strings=True)


class ExplorePlayer(QObject):
    """Plays and saves what was found.

    Args:
        window: Where it is played, and what is said.
        player: Plays it.
        session: What was found.
    """

    def __init__(self, window: MainWindow, player: Session, session: ExploreSession) -> None:
        super().__init__(window)
        self._window, self._player, self._session = window, player, session
        self._going: tuple[object, Run] | None = None
        player.trace_changed.connect(self._arrive)

    def play(self, workspace: str) -> bool:
        """Open the run of what is looked at, and show it; False where there is none.

        Args:
            workspace: ``live`` or ``timeline``.
        """
        from core.scenario.loader import parse
        from core.scenario.run import Overrides

        run, asked = run_of(self._session), self._session.answered
        if run is None or asked is None:
            self._window.messages.info("Choose a counterexample or a state first: that is played.")
            return False
        try:
            source = parse(written(asked, run), where=asked.source.where)
        except OwnerscopeError as error:
            self._window.messages.error(error)
            return False
        self._session.played(source, asked)
        self._going = source, run
        # What was set is written into the scenario.
        if not self._player.open_source(source, {}, Overrides()):
            self._going = None
            return False
        self._window.show_workspace(workspace)
        return True

    def _arrive(self) -> None:
        """Go to the event in question as soon as its run is there."""
        going, trace = self._going, self._player.trace
        if going is None or trace is None or self._player.made_from[0] is not going[0]:
            return
        self._going = None
        self._player.seek(place_in(trace, going[1]))

    def save(self) -> None:
        """Ask for a file and save the run of what is looked at as a scenario."""
        from core.saving import write_aside

        run, asked, messages = run_of(self._session), self._session.answered, self._window.messages
        if run is None or asked is None:
            messages.info("Choose a counterexample or a state first: that is saved.")
            return
        name = f"{Path(asked.source.where).stem}-{run.name}.toml"
        path = ask_where(self._window, "Save as a scenario", name, KINDS)
        if path is None:
            return
        try:
            write_aside(path, written(asked, run).encode())
        except OSError as error:
            messages.error(f"{path}: {error.strerror or error}; choose another place")
            return
        except OwnerscopeError as error:
            messages.error(error)
            return
        self._window.settings.add_recent_file(path)
        messages.ok(f"Saved: {path}")


def place_in(trace: Trace, run: Run) -> int:
    """Return the event to look at in the trace of a run."""
    last, event = len(trace) - 1, run.example.event
    if event >= 0:
        return min(event, last)
    if run.ended:
        return last
    return last_choice_in(trace, run.example.choices)


def last_choice_in(trace: Trace, choices: tuple[str, ...]) -> int:
    """Return the position of the event at which the last choice shows, -1 where none does."""
    from core.trace.events import Kind

    tasks = {f"{task.comm}/{task.pid}": at for at, task in enumerate(trace.info.tasks)}
    interrupts = {each.name: at for at, each in enumerate(trace.info.interrupts)}
    position = -1
    for choice in choices:
        _, way, *words = choice.split(" ")
        if way == "interrupt":
            kind, number = Kind.INTERRUPTED, interrupts.get(" ".join(words))
        elif way == "migrate":
            kind, number = Kind.TASK_MIGRATED, None
        elif words:
            kind, number = Kind.TASK_SWITCHED, tasks.get(words[-1])
        else:
            continue  # an allocation that fails has no event of its own
        for at in trace.positions(kind).tolist():
            if at > position and number in (None, trace.argument(at)):
                position = at
                break
    return position
