"""Connects the commands and the messages to the session: what a key does, and who is told what.

The one place where the shell (window, registry, messages) meets the session. Views connect
themselves.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtGui import QGuiApplication

from gui.bindings import bind_playback
from gui.layout_bindings import bind_layout
from gui.playback import Playback
from gui.recording_bindings import bind_recordings
from gui.render_bindings import RenderBindings
from gui.runner import Runner
from gui.saved_run import (
    KINDS,
    SUFFIX,
    RunSaver,
    WindowState,
    is_saved_run,
    open_saved_run,
)
from gui.session import Session
from gui.stop_bindings import StopBindings
from gui.timeline_bindings import bind_timeline
from gui.watcher import ScenarioWatcher
from gui.widgets.ask import ask_where

if TYPE_CHECKING:
    from gui.layout_session import LayoutSession
    from gui.recording_session import RecordingSession
    from gui.viewport import Viewport
    from gui.widgets.message_bar import Message
    from gui.window import MainWindow
    from gui.workspaces.layout import LayoutWorkspace
    from gui.workspaces.recordings import RecordingsWorkspace
    from gui.workspaces.timeline import TimelineWorkspace

FIRST_SCENARIO = "mail-chain"
_HEAD_BYTES = 1 << 16
_SURE = 0.3
"""How sure a format must be of a file that may be something else: prose has lines like stacks."""


class Controller(QObject):
    """Owns the session and the playback of a window.

    Attributes:
        window: The window it serves.
        session: What is open and where the cursor is.
        playback: The clock that moves the cursor.
        plays_with_layouts: Whether a task_struct that is chosen in Layout is used in Live too.

    Signals:
        recordings_made: ``recordings`` is there; before, nobody had asked for it.
        lesson_wanted: A file that is to be opened is a lesson (its Path).
    """

    recordings_made = Signal()
    lesson_wanted = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.session = Session(Runner(self), self)
        self.playback = Playback(self.session, parent=self)
        self.watcher = ScenarioWatcher(self.session, self)
        self.session.stops.keep_in(window.settings)
        self._layouts: LayoutSession | None = None
        self._recordings: RecordingSession | None = None
        self._viewport: Viewport | None = None
        self.plays_with_layouts = True
        self.saver = RunSaver(self.session, self)
        self._complaint: Message | None = None
        self._connect_messages()
        self._connect_commands()

    @property
    def layouts(self) -> LayoutSession:
        """What the Layout workspace is about; it begins with the layout that is played with."""
        if self._layouts is None:
            from gui.layout_session import LayoutSession

            self._layouts = made = LayoutSession(self)
            made.failed.connect(self._complain)
            made.layout_changed.connect(self._forgive)
            plan = self.session.plan
            if plan is not None:
                made.open(plan.scenario.kernel.layout or plan.layout.name)
            made.layout_changed.connect(self._play_with_layout)
            made.layout_changed.connect(self._show_title)
        return self._layouts

    def _play_with_layout(self) -> None:
        """Let the simulated kernel use the task_struct that was chosen in the Layout workspace."""
        layouts, plan = self.layouts, self.session.plan
        chosen = layouts.opened
        if (
            not self.plays_with_layouts
            or not chosen
            or plan is None
            or chosen == (plan.scenario.kernel.layout or plan.layout.name)
        ):
            return
        self.session.play_with_layout(chosen)

    @property
    def viewport(self) -> Viewport:
        """What part of the run the timeline and its plots show."""
        if self._viewport is None:
            from gui.viewport import Viewport

            self._viewport = Viewport(self.session, self)
        return self._viewport

    @property
    def recordings(self) -> RecordingSession:
        """What the Recordings workspace is about."""
        if self._recordings is None:
            from gui.recording_session import RecordingSession

            self._recordings = made = RecordingSession(parent=self)
            made.failed.connect(self._complain)
            made.warned.connect(self.window.messages.warning)
            made.recording_changed.connect(self._forgive)
            made.recording_changed.connect(self._show_title)
            application = QCoreApplication.instance()
            if application is not None:
                application.aboutToQuit.connect(made.cancel)
            self.recordings_made.emit()
        return self._recordings

    def open_two(self, first: Path, second: Path) -> None:
        """Open two files: of two recordings the second is what the first is compared with."""
        if not (is_recording(first) and is_recording(second)):
            self.open_file(first)
            return
        self.recordings.open_two(second, first)
        for path in (second, first):
            self.window.settings.add_recent_file(path)
        self._show_recordings()

    def _open_recording(self, path: Path) -> bool:
        self.recordings.open(path)
        self._show_recordings()
        return True

    def _show_recordings(self) -> None:
        if "recordings" in self.window.workspaces:
            self.window.show_workspace("recordings")

    def save_run(self) -> None:
        """Ask for a file and save the run at hand, with what is looked at, to it."""
        trace = self.session.trace
        if trace is None:
            return
        path = ask_where(self.window, "Save the run", f"{trace.info.scenario}{SUFFIX}", KINDS)
        if path is not None:
            self.saver.save(path, self.viewport, self._arrangement())

    def _arrangement(self) -> WindowState:
        """Return what of the window belongs to a run that is saved."""
        page = self._timeline_page()
        return WindowState(
            workspace=self.window.workspace,
            panel=page.side.shown if page is not None else "",
            colouring=page.model.colouring if page is not None else "",
            speed=self.playback.speed,
        )

    def _arrange(self, saved: WindowState) -> None:
        """Bring the window back to how it was when a run was saved."""
        if saved.workspace in self.window.workspaces:
            self.window.show_workspace(saved.workspace)
        self.playback.set_speed(saved.speed)
        page = self._timeline_page()
        if page is not None and saved.panel in page.side.names:
            page.side.show_panel(saved.panel)
        if page is not None and saved.colouring:
            page.model.set_colouring(saved.colouring)

    def _run_saved(self, path: Path) -> None:
        self.window.settings.add_recent_file(path)
        self.window.messages.ok(f"Saved: {path}")

    def open_first(self) -> None:
        """Open what was open last, or the chain of the mail."""
        # What could not be opened before stays said: this is not it.
        self._complaint = None
        last = self.window.settings.last_scenario
        if not (last and self.session.open(last)):
            self.session.open(FIRST_SCENARIO)

    def open_file(self, path: Path) -> None:
        """Open a file: a scenario, a saved run, a recording, or a kernel for its task_struct."""
        if is_lesson(path):
            self.lesson_wanted.emit(path)
            return
        if is_saved_run(path):
            opened = open_saved_run(self.session, path, self.viewport, self._arrange)
        elif is_recording(path):
            opened = self._open_recording(path)
        elif _is_scenario(path):
            opened = self.session.open(str(path))
        else:
            opened = self.layouts.open(str(path))
            if opened and "layout" in self.window.workspaces:
                self.window.show_workspace("layout")
        if opened:
            self.window.settings.add_recent_file(path)

    def _connect_messages(self) -> None:
        window, session = self.window, self.session
        session.failed.connect(self._complain)
        session.trace_changed.connect(self._forgive)
        session.trace_changed.connect(self._show_title)
        session.warned.connect(window.messages.warning)
        session.source_changed.connect(self._remember)
        self.saver.saved.connect(self._run_saved)
        self.saver.failed.connect(self._complain)
        window.file_requested.connect(self.open_file)
        window.two_dropped.connect(self.open_two)
        window.workspace_shown.connect(self._show_title)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(session.cancel)

    def _complain(self, sentence: str) -> None:
        """Say what went wrong; a newer complaint takes the place of the older one."""
        self._forgive()
        self._complaint = self.window.messages.error(sentence)

    def _forgive(self) -> None:
        """Take the complaint back: what was wrong has been mended or left."""
        complaint, self._complaint = self._complaint, None
        if complaint is not None and complaint in self.window.messages.messages:
            complaint.dismiss()

    def _remember(self) -> None:
        source = self.session.source
        if source is not None:
            self.window.settings.last_scenario = source.where
        self._show_title()

    def _show_title(self) -> None:
        """Name in the window's title what the workspace in front is about."""
        source, layouts, trace = self.session.source, self._layouts, self.session.trace
        name = ""
        if self.window.workspace == "layout" and layouts is not None and layouts.layout is not None:
            name = f"{layouts.layout.struct.name}, {layouts.layout.label}"
        elif self.window.workspace == "recordings" and self._recordings is not None:
            name = self._recordings.title
        elif source is None and trace is not None:
            name = trace.info.scenario
        elif source is not None:
            name = str(source.document.get("title", source.where))
        self.window.setWindowTitle(f"{name} — ownerscope" if name else "ownerscope")

    def _connect_commands(self) -> None:
        registry, session = self.window.registry, self.session
        bind_playback(registry, session, self.playback)
        self.stop_bindings = StopBindings(self.window, session, self.playback)
        self.render_bindings = RenderBindings(self)
        registry.connect("file.save_run", self.save_run)
        registry.connect("file.reload", session.reload)
        registry.connect("run.again", session.rerun)
        registry.connect("run.cancel", session.cancel)
        registry.connect("help.doctor", self.check_machine)
        bind_layout(self.window, lambda: self.layouts, self._layout_page)
        bind_timeline(self.window, self._timeline_page)
        bind_recordings(self.window, lambda: self.recordings, self._recordings_page, self.session)
        registry.set_enabled("run.cancel", False)
        session.run_started.connect(lambda: registry.set_enabled("run.cancel", True))
        session.run_ended.connect(lambda: registry.set_enabled("run.cancel", False))

    def _layout_page(self) -> LayoutWorkspace | None:
        from gui.workspaces.layout import LayoutWorkspace

        return self.window.findChild(LayoutWorkspace)

    def _recordings_page(self) -> RecordingsWorkspace | None:
        from gui.workspaces.recordings import RecordingsWorkspace

        return self.window.findChild(RecordingsWorkspace)

    def _timeline_page(self) -> TimelineWorkspace | None:
        from gui.workspaces.timeline import TimelineWorkspace

        return self.window.findChild(TimelineWorkspace)

    def check_machine(self) -> None:
        """Tell what this machine lacks, with the command that installs it to copy."""
        from core.doctor import examine, install_command

        findings = examine()
        missing = [finding for finding in findings if not finding.ok]
        if not missing:
            self.window.messages.ok("Nothing is missing on this machine.")
            return
        names = ", ".join(
            f"{finding.name} ({'needed' if finding.required else 'optional'})"
            for finding in missing
        )
        command = install_command(findings)
        advice = command or missing[0].advice
        copy = ("Copy the command", lambda: QGuiApplication.clipboard().setText(advice))
        self.window.messages.info(f"Not on this machine: {names}. {missing[0].advice}", copy)


def is_recording(path: Path) -> bool:
    """Whether a file is to be opened as a recording of a real kernel, by what it begins with."""
    from core.recording.formats import FORMATS
    from core.recording.source import Source

    if path.suffix == ".toml":
        return False
    try:
        if not path.is_file():
            return False
        with path.open("rb", buffering=0) as file:
            head = Source(file, name=path.name).head()
            return any(each.tell(head) >= _SURE for each in FORMATS)
    except OSError:
        return False


def is_lesson(path: Path) -> bool:
    """Whether a file is to be opened as a lesson: TOML with steps, which no scenario has."""
    if path.suffix != ".toml":
        return False
    try:
        with path.open("rb") as file:
            return any(line.strip() == b"[[steps]]" for line in file.readlines(_HEAD_BYTES))
    except OSError:
        return False


def _is_scenario(path: Path) -> bool:
    """Whether a file is to be opened as a scenario: TOML by its name, or text that is no kernel."""
    from core.layout.sources.opening import is_text
    from core.layout.sources.pahole import looks_like_pahole

    if path.suffix == ".toml":
        return True
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return True  # what is wrong with it, the session will say
    is_json = head.lstrip()[:1] == b"{"
    return is_text(head) and not is_json and not looks_like_pahole(head)
