"""Starts the window: looks at the machine, paints a first window, then loads what it shows.

Nothing of Qt is imported before ``preflight`` found that a window can open, and nothing heavy
(numpy, pyqtgraph) before the first paint: see ``_after_first_paint``.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import EnvironmentProblem, OwnerscopeError
from gui import preflight

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from gui.controller import Controller
    from gui.lesson_bindings import LessonParts
    from gui.window import MainWindow

EXIT_AFTER_FIRST_PAINT = "--exit-after-first-paint"
"""Hidden: print the milliseconds from the start of the process to the first paint, and quit."""
_IMPORTED = time.perf_counter()


def run(arguments: Sequence[str]) -> int:
    """Open the window and run it until the user quits.

    Args:
        arguments: What followed the program's name: a file to open, if any, and Qt's options.

    Returns:
        The exit status: 0, or 2 where no window can open (one line on stderr says why).
    """
    try:
        preflight.check(os.environ)
    except EnvironmentProblem as problem:
        print(f"ownerscope: {problem}", file=sys.stderr)
        return 2
    app = _application(arguments)
    window = _window()
    rest = app.arguments()[1:]
    if EXIT_AFTER_FIRST_PAINT in rest:
        window.first_painted.connect(lambda: _print_age_and_quit(app))
    else:
        window.first_painted.connect(lambda: _begin(window, rest))
    show_uncaught(window)
    stop_listening = _close_on_signals(window)
    window.show()
    status = app.exec()
    stop_listening()
    return status


def _application(arguments: Sequence[str]) -> QApplication:
    from PySide6.QtWidgets import QApplication

    from gui.guarded import guard_program

    # Before any class of a view is defined.
    guard_program()
    from gui.icons import application_icon

    app = QApplication(["ownerscope", *arguments])
    app.setApplicationName("ownerscope")
    app.setApplicationDisplayName("ownerscope")
    app.setDesktopFileName("ownerscope")
    app.setWindowIcon(application_icon())
    return app


def _window() -> MainWindow:
    from gui.actions import ActionRegistry
    from gui.settings import Settings
    from gui.theme import ThemeManager
    from gui.window import MainWindow

    settings = Settings()
    window = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
    if settings.set_aside:
        window.messages.warning(
            f"The settings could not be read and start afresh; the old file is {settings.set_aside}"
        )
    return window


def _begin(window: MainWindow, rest: Sequence[str]) -> None:
    from gui.collecting import CollectBetweenEvents

    _after_first_paint(window, rest)
    CollectBetweenEvents(window)


def _after_first_paint(window: MainWindow, rest: Sequence[str]) -> None:
    """Load what the first paint did without: the workspaces, then the file that was asked for.

    This is the one place where workspaces are added to the window.

    Args:
        window: The painted window, with ``themes``, ``registry`` and ``settings``.
        rest: The arguments that Qt did not take.
    """
    from gui.controller import Controller

    controller = Controller(window)
    session = controller.session
    lessons = _add_workspaces(window, controller)
    window.show_workspace("live")
    if rest and Path(rest[0]).exists():
        window.open_file(Path(rest[0]))
    elif rest:
        session.open(rest[0])
    if session.trace is None:
        controller.open_first()
    if not rest:
        from gui.lesson_bindings import offer_tour

        offer_tour(window, lessons)


def _add_workspaces(window: MainWindow, controller: Controller) -> LessonParts:
    """Offer every workspace; each is imported and built when it is first shown."""
    from gui.compare_bindings import add_compare
    from gui.explore_bindings import add_explore
    from gui.lesson_bindings import add_lessons
    from gui.presenter.bindings import add_presenting

    session, playback = controller.session, controller.playback

    def live() -> QWidget:
        from gui.workspaces.live import create

        return create(window, session, playback)

    def timeline() -> QWidget:
        from gui.workspaces.timeline import create

        return create(window, session, playback, controller.viewport)

    def layout() -> QWidget:
        from gui.workspaces.layout import create

        return create(window, controller.layouts)

    def recordings() -> QWidget:
        from gui.workspaces.recordings import create

        return create(window, controller.recordings, session)

    window.add_workspace("live", "Live", "live", live)
    window.add_workspace("timeline", "Timeline", "timeline", timeline)
    comparison = add_compare(window, session, playback)
    window.add_workspace("layout", "Layout", "layout", layout)
    window.add_workspace("recordings", "Recordings", "recordings", recordings)
    exploring = add_explore(window, session)
    lessons = add_lessons(window, controller, comparison)
    add_presenting(window, controller, lessons, comparison, exploring)
    return lessons


def show_uncaught(window: MainWindow) -> None:
    """Show what nobody caught in the message bar and on stderr; the program goes on."""
    from PySide6.QtCore import QObject, Qt, Signal
    from PySide6.QtGui import QGuiApplication

    class Uncaught(QObject):
        # A signal, because the hook runs in the thread of the error.
        found = Signal(object)

    def show(error: BaseException) -> None:
        if isinstance(error, OwnerscopeError):
            window.messages.error(error)
            return
        text = (
            f"Something went wrong that should not: {type(error).__name__}: {error}. "
            "The program goes on; the details are on stderr"
        )
        # An error in painting comes back with each paint, and a new message means a new paint.
        if all(message.text != text for message in window.messages.messages):
            details = "".join(traceback.format_exception(error))
            copy = ("Copy details", lambda: QGuiApplication.clipboard().setText(details))
            window.messages.error(text, copy)

    uncaught = Uncaught(window)
    # Later: while a window is painted, as it may be now, nothing is to be added to it.
    uncaught.found.connect(show, Qt.ConnectionType.QueuedConnection)

    def hook(error: BaseException | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            window.close()
        elif error is not None:
            if not isinstance(error, OwnerscopeError):
                traceback.print_exception(error)
            uncaught.found.emit(error)

    sys.excepthook = lambda _kind, error, _trace: hook(error)
    threading.excepthook = lambda arguments: hook(arguments.exc_value)


def _close_on_signals(window: MainWindow) -> Callable[[], None]:
    """Close the window on Ctrl+C in the terminal and on SIGTERM, so that it is remembered.

    Python runs a signal's handler only when it runs at all, and Qt's loop does not run Python. The
    interpreter writes to a socket at once, and Qt watches the socket.
    """
    from PySide6.QtCore import QSocketNotifier, QTimer

    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    before = signal.set_wakeup_fd(writer.fileno())
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read, window)
    notifier.activated.connect(lambda: reader.recv(64))
    for number in (signal.SIGINT, signal.SIGTERM):
        # Later: it comes between any two steps of Python, as in the middle of opening a window.
        signal.signal(number, lambda _number, _frame: QTimer.singleShot(0, window, window.close))

    def stop() -> None:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(before)
        reader.close()
        writer.close()

    return stop


def _print_age_and_quit(app: QApplication) -> None:
    print(f"{process_age_ms():.0f}", flush=True)
    app.quit()


def process_age_ms() -> float:
    """Return how long ago the process started, to a clock tick (10 ms on most kernels)."""
    try:
        # The name, field 2, may hold spaces; the start time is field 22, the 20th after it.
        fields = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace")
        started_s = int(fields.rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
        return (time.clock_gettime(time.CLOCK_BOOTTIME) - started_s) * 1000
    except (OSError, ValueError, IndexError):
        return (time.perf_counter() - _IMPORTED) * 1000


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
