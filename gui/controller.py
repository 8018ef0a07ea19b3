"""Connects the commands and the messages to the session: what a key does, and who is told what.

The one place where the shell (window, registry, messages) meets the session. Views connect
themselves.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QGuiApplication

from gui.bindings import bind_playback
from gui.playback import Playback
from gui.runner import Runner
from gui.session import Session
from gui.watcher import ScenarioWatcher

if TYPE_CHECKING:
    from gui.window import MainWindow

FIRST_SCENARIO = "mail-chain"


class Controller(QObject):
    """Owns the session and the playback of a window.

    Attributes:
        window: The window it serves.
        session: What is open and where the cursor is.
        playback: The clock that moves the cursor.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.session = Session(Runner(self), self)
        self.playback = Playback(self.session, parent=self)
        self.watcher = ScenarioWatcher(self.session, self)
        self._connect_messages()
        self._connect_commands()

    def open_first(self) -> None:
        """Open what was open last, or the chain of the mail."""
        last = self.window.settings.last_scenario
        if not (last and self.session.open(last)):
            self.session.open(FIRST_SCENARIO)

    def open_file(self, path: Path) -> None:
        """Open a scenario file, or a bundled scenario by its name."""
        self.session.open(str(path))

    def _connect_messages(self) -> None:
        window, session = self.window, self.session
        session.failed.connect(window.messages.error)
        session.warned.connect(window.messages.warning)
        session.source_changed.connect(self._remember)
        window.file_requested.connect(self.open_file)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(session.cancel)

    def _remember(self) -> None:
        source = self.session.source
        if source is not None:
            self.window.settings.last_scenario = source.where
            name = source.document.get("title", source.where)
            self.window.setWindowTitle(f"{name} — ownerscope")

    def _connect_commands(self) -> None:
        registry, session = self.window.registry, self.session
        bind_playback(registry, session, self.playback)
        registry.connect("file.reload", session.reload)
        registry.connect("run.again", session.rerun)
        registry.connect("run.cancel", session.cancel)
        registry.connect("help.doctor", self.check_machine)
        registry.set_enabled("run.cancel", False)
        session.run_started.connect(lambda: registry.set_enabled("run.cancel", True))
        session.run_ended.connect(lambda: registry.set_enabled("run.cancel", False))

    def check_machine(self) -> None:
        """Tell what this machine lacks, with the command that installs it to copy."""
        from core.doctor import examine, install_command  # noqa: PLC0415

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
