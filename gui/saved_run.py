"""A run in a file, with the workspace it was looked at in: saved, opened, restored.

The file is a trace (``core.trace.file``) with a small versioned dictionary beside it: the moment,
the range, the stops, the view, and the scenario's text, so that the run can be changed and run
again wherever it is opened.
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import msgspec
from PySide6.QtCore import QObject, Signal

from core.errors import OwnerscopeError, TraceFileError

if TYPE_CHECKING:
    from core.scenario.loader import ScenarioText, Value
    from core.scenario.run import Overrides
    from core.trace.trace import Trace
    from gui.geometry.axis import View
    from gui.session import Session

SUFFIX = ".ownertrace"
KINDS = f"Saved runs (*{SUFFIX})"
"""What a file dialog calls them."""
VERSION = 1
"""Of the workspace; the trace beside it has a schema of its own."""

_HEAD_BYTES = 1 << 17
_MOST_STOPS = 100
_T = TypeVar("_T")

State = dict[str, Any]


class ViewOfRun(Protocol):
    """What is in view of a run; ``gui.viewport.Viewport`` is one."""

    mode: Literal["order", "time"]
    view: View

    def set_mode(self, mode: Literal["order", "time"]) -> None:
        """Change the axis."""

    def show(self, first: float, last: float, *, remember: bool = True) -> None:
        """Show a part of it."""


class _View(msgspec.Struct, frozen=True):
    mode: Literal["order", "time"]
    first: float
    last: float


class WindowState(msgspec.Struct, frozen=True):
    """What of the window belongs to a saved run.

    Attributes:
        workspace: Name of the workspace in front, empty for none.
        panel: Name of the panel in front in the timeline.
        colouring: What colours its calls.
        speed: The factor on the ordinary pace of playing.
    """

    workspace: str = ""
    panel: str = ""
    colouring: str = ""
    speed: float = 1.0


class _Source(msgspec.Struct, frozen=True):
    where: str
    text: str
    settings: dict[str, bool | int | str] = {}
    overrides: dict[str, Any] = {}


# -- saving ---------------------------------------------------------------------------------------


def workspace_of(
    session: Session, view: ViewOfRun | None = None, window: WindowState | None = None
) -> State:
    """Return how a session's run is looked at, as ``save_run`` writes it.

    Args:
        session: Whose run, cursor, range and stops.
        view: What is in view of it, where anything shows that.
        window: What of the window belongs to it.
    """
    from core.trace.stops import format_stop

    state: State = {
        "version": VERSION,
        "position": session.position,
        "essential_only": session.essential_only,
        "range": list(session.range) if session.range is not None else None,
        "stops": [format_stop(stop) for stop in session.stops.listed],
    }
    if view is not None:
        state["view"] = {"mode": view.mode, "first": view.view.first, "last": view.view.last}
    if window is not None:
        state["window"] = msgspec.to_builtins(window)
    source, settings, overrides = session.made_from
    if source is not None:
        state["source"] = {
            "where": source.where,
            "text": source.text,
            "settings": dict(settings),
            "overrides": _as_dict(overrides),
        }
    return state


def _as_dict(overrides: Overrides) -> dict[str, Any]:
    from dataclasses import asdict

    return {name: value for name, value in asdict(overrides).items() if value is not None}


def save_run(session: Session, path: Path, workspace_state: State) -> None:
    """Write the run at hand to a file, compressed; what was there stays until that is done.

    Args:
        session: Whose run.
        path: Where to; the caller chooses the suffix.
        workspace_state: What ``workspace_of`` returned.

    Raises:
        TraceFileError: There is no run, or the file cannot be written.
    """
    write_run(_run_of(session), path, workspace_state)


def _run_of(session: Session) -> Trace:
    if session.trace is None:
        raise TraceFileError("there is no run to save yet", advice="open a scenario first")
    return session.trace


def write_run(trace: Trace, path: Path, workspace_state: State) -> None:
    """Write a run to a file; safe in a thread, as a trace never changes.

    Raises:
        TraceFileError: The file cannot be written.
    """
    from core.trace import file as trace_file

    try:
        trace_file.save(trace, path, workspace=workspace_state)
    except OSError as error:
        raise TraceFileError(
            f"cannot save the run: {error.strerror or error}",
            where=str(path),
            advice="choose another folder",
        ) from None


class RunSaver(QObject):
    """Saves runs without blocking the window: one of 10 million events takes some seconds.

    Compressing and writing leave Python's lock to the window, so a thread is enough.

    Signals:
        saved: Carries the path.
        failed: Carries a sentence.

    Args:
        session: Whose run.
        parent: The Qt parent.
    """

    saved = Signal(object)
    failed = Signal(str)
    _ended = Signal(object, str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._thread: threading.Thread | None = None
        self._ended.connect(self._end)

    @property
    def busy(self) -> bool:
        """Whether a run is being saved."""
        return self._thread is not None

    def save(
        self, path: Path, view: ViewOfRun | None = None, window: WindowState | None = None
    ) -> None:
        """Begin to save the run at hand as it is looked at now.

        Args:
            path: Where to.
            view: What is in view of the run, where anything shows that.
            window: What of the window belongs to it.
        """
        if self.busy:
            self.failed.emit("another run is being saved; try again when it is done")
            return
        try:
            trace = _run_of(self._session)
            state = workspace_of(self._session, view, window)
        except TraceFileError as error:
            self.failed.emit(str(error))
            return
        # Not a daemon: the program ends when the file is whole.
        self._thread = threading.Thread(target=self._write, args=(trace, path, state))
        self._thread.start()

    def _write(self, trace: Trace, path: Path, state: State) -> None:
        problem = ""
        try:
            write_run(trace, path, state)
        except TraceFileError as error:
            problem = str(error)
        except Exception as error:  # in a thread nobody else would hear of it
            problem = f"cannot save the run: {error}"
        with contextlib.suppress(RuntimeError):  # the window is gone
            self._ended.emit(path, problem)

    def _end(self, path: Path, problem: str) -> None:
        self._thread = None
        if problem:
            self.failed.emit(problem)
        else:
            self.saved.emit(path)


# -- opening --------------------------------------------------------------------------------------


def is_saved_run(path: Path) -> bool:
    """Return whether a file is to be opened as a saved run, by its name or what it begins with."""
    if path.suffix == SUFFIX:
        return True
    from core.trace.file import looks_like_trace

    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return looks_like_trace(file.read(_HEAD_BYTES))
    except OSError:
        return False


def open_run(path: Path) -> tuple[Trace, State]:
    """Read a saved run and its workspace, which is empty where none was saved with it.

    Raises:
        TraceFileError: It is no saved run, damaged, or newer than this program.
    """
    from core.trace import file as trace_file

    trace, state = trace_file.load_with_workspace(path)
    if state:
        _check_version(state.get("version"), str(path))
    return trace, state


def _check_version(version: object, where: str) -> None:
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise TraceFileError(
            f"the workspace saved with the run is damaged: its version is {str(version)[:40]!r}",
            where=where,
            advice="save it again",
        )
    if version > VERSION:
        raise TraceFileError(
            f"workspace version {version} is newer than the {VERSION} this version knows",
            where=where,
            advice="update ownerscope",
        )


def open_saved_run(
    session: Session,
    path: Path,
    view: ViewOfRun | None = None,
    arrange: Callable[[WindowState], None] | None = None,
) -> bool:
    """Open a saved run as ``session.open`` opens a scenario; what was open stays if that fails.

    Args:
        session: Where it is shown; its ``failed`` tells what went wrong.
        path: The file.
        view: What is in view of the run, where anything shows that.
        arrange: Brings the window back to how it was, as far as that was saved.
    """
    try:
        trace, state = open_run(path)
    except OwnerscopeError as error:
        session.failed.emit(str(error))
        return False
    if arrange is not None:
        arrange(_part(state, "window", WindowState, []) or WindowState())
    restore(session, trace, state, view)
    return True


def restore(session: Session, trace: Trace, state: State, view: ViewOfRun | None = None) -> None:
    """Show a saved run as it was looked at.

    What cannot be restored is left out, with a sentence in ``session.warned``.

    Args:
        session: Where it is shown.
        trace: The run.
        state: The workspace, as ``open_run`` returned both.
        view: What is in view of the run, where anything shows that.
    """
    skipped: list[str] = []
    source, settings, overrides = _source_in(state, skipped)
    session.open_saved(trace, source, settings, overrides)
    _restore_stops(session, state, skipped)
    _restore_moment(session, state, skipped)
    if view is not None:
        _restore_view(view, state, skipped)
    if skipped:
        session.warned.emit(f"not restored from the saved run: {', '.join(skipped)}")


def _part(state: State, name: str, kind: type[_T], skipped: list[str]) -> _T | None:
    """Return one part of the workspace as its type, None where it is not there or damaged."""
    value = state.get(name)
    if value is None:
        return None
    try:
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, RecursionError):
        skipped.append(f"the {_NAMES[name]}")
        return None


_NAMES = {
    "position": "moment",
    "essential_only": "choice of frames",
    "range": "range",
    "stops": "stops",
    "view": "view",
    "source": "scenario",
    "window": "arrangement of the window",
}


def source_of(state: State) -> tuple[ScenarioText | None, dict[str, Value], Overrides]:
    """Return the scenario that a saved run was made from, None where it cannot be told."""
    return _source_in(state, [])


def _source_in(
    state: State, skipped: list[str]
) -> tuple[ScenarioText | None, dict[str, Value], Overrides]:
    """Return what the run was made from, as far as it can be read."""
    from core.scenario.loader import parse
    from core.scenario.run import Overrides

    saved = _part(state, "source", _Source, skipped)
    if saved is None:
        return None, {}, Overrides()
    try:
        source = parse(saved.text, where=saved.where)
        source.parameters()
        overrides = msgspec.convert(saved.overrides, Overrides)
    except OwnerscopeError as error:
        skipped.append(f"the scenario ({error})")
    except msgspec.ValidationError:
        skipped.append("the scenario")
    else:
        return source, dict(saved.settings), overrides
    return None, {}, Overrides()


def _restore_stops(session: Session, state: State, skipped: list[str]) -> None:
    from core.trace.stops import parse_stop

    texts = _part(state, "stops", list[str], skipped)
    if texts is None:
        return
    stops = []
    for text in texts[:_MOST_STOPS]:
        try:
            stops.append(parse_stop(text))
        except OwnerscopeError:
            skipped.append(f"the stop {text[:40]!r}")
    if len(texts) > _MOST_STOPS:
        skipped.append(f"all stops after the first {_MOST_STOPS}")
    session.stops.show_saved(stops)


def _restore_moment(session: Session, state: State, skipped: list[str]) -> None:
    essential_only = _part(state, "essential_only", bool, skipped)
    position = _part(state, "position", int, skipped)
    selected = _part(state, "range", tuple[int, int], skipped)
    if essential_only is not None:
        session.set_essential_only(essential_only)
    last = len(session.trace or ()) - 1
    if selected is not None and 0 <= selected[0] <= selected[1] <= last:
        session.select_range(*selected)
    elif selected is not None:
        skipped.append("the range")
    if position is not None and not -1 <= position <= last:
        skipped.append("the moment")
    session.seek(-1 if position is None else position)


def _restore_view(view: ViewOfRun, state: State, skipped: list[str]) -> None:
    seen = _part(state, "view", _View, skipped)
    if seen is None:
        return
    if not (math.isfinite(seen.first) and math.isfinite(seen.last) and seen.first < seen.last):
        skipped.append("the view")
        return
    view.set_mode(seen.mode)
    view.show(seen.first, seen.last, remember=False)
