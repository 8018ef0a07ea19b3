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
    from gui.widgets.message_bar import Message
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
        self._complaint: Message | None = None
        self._connect_messages()
        self._connect_commands()

    def open_first(self) -> None:
        """Open what was open last, or the chain of the mail."""
        last = self.window.settings.last_scenario
        if not (last and self.session.open(last)):
            self.session.open(FIRST_SCENARIO)

    def open_file(self, path: Path) -> None:
        """Open a file: a scenario, or a kernel's layout for the scenario that is open."""
        opened = (
            self.session.override(layout=str(path))
            if _is_layout(path)
            else self.session.open(str(path))
        )
        if opened:
            self.window.settings.add_recent_file(path)

    def _connect_messages(self) -> None:
        window, session = self.window, self.session
        session.failed.connect(self._complain)
        session.trace_changed.connect(self._forgive)
        session.warned.connect(window.messages.warning)
        session.source_changed.connect(self._remember)
        window.file_requested.connect(self.open_file)
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


def _is_layout(path: Path) -> bool:
    """Whether a file begins as BTF of either byte order, compressed BTF or a saved layout does."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError:
        return False
    return head[:2] in (b"\x9f\xeb", b"\xeb\x9f") or head == b"\x28\xb5\x2f\xfd" or head[:1] == b"{"
