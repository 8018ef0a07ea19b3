"""The main window: menus, toolbar, workspaces and messages, all made from the command table.

The window knows nothing of what a workspace shows. A workspace is added with a function that
builds it, and is built when it is first shown, never before the window's first paint.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.actions import ActionRegistry
from gui.commands import Command
from gui.menus import Menus
from gui.settings import Settings
from gui.theme import ThemeManager
from gui.widgets.help_overlay import HelpOverlay
from gui.widgets.in_sight import CALM_MS
from gui.widgets.message_bar import MessageBar
from gui.widgets.palette import CommandPalette
from gui.widgets.workspace_bar import TopBar, Welcome, WorkspaceBar

MINIMUM = QSize(960, 640)
COMFORTABLE = QSize(1360, 850)
OPENS = (
    "Everything ownerscope opens (*)",
    "Scenarios (*.toml)",
    "Saved runs (*.ownertrace)",
    "Recordings: page_owner, ftrace, perf, folded, speedscope, Chrome (*)",
    "Kernels: vmlinux, BTF, pahole's text (*)",
)
"""What the user can have the files of a folder narrowed down to; kernels have names of any kind."""
_FRAME = QSize(2, 36)
"""What a title bar and borders take, before the window knows its own."""


class MainWindow(QMainWindow):
    """The shell that workspaces plug into.

    Args:
        themes: The theme in force.
        registry: The commands; the window carries out those of its own.
        settings: What is remembered between two starts.

    Attributes:
        messages: Where anybody tells the user what went wrong.
        command_palette: For more sources of entries.
        menus: The menu bar.
        top_bar: The toolbar.
    """

    first_painted = Signal()
    """The window's first paint is done."""
    file_dropped = Signal(object)
    """A file was dropped on the window (its Path). ``file_requested`` follows."""
    two_dropped = Signal(object, object)
    """Two files were dropped together (their Paths, in the order they came)."""
    file_requested = Signal(object)
    """The user wants a file opened, by whatever way (its Path)."""
    workspace_shown = Signal(str)
    """Another workspace is in front (its name)."""

    def __init__(self, themes: ThemeManager, registry: ActionRegistry, settings: Settings) -> None:
        super().__init__()
        self.themes, self.registry, self.settings = themes, registry, settings
        # What its commands do goes with the window, or they would keep it for ever.
        registry.setParent(self)
        self._painted = False
        self._foot: QWidget | None = None
        self._factories: dict[str, Callable[[], QWidget]] = {}
        self._pages: dict[str, QWidget] = {}
        self._workspace = ""
        self._covered = False
        self._turn_later = QTimer(self, singleShot=True, interval=CALM_MS)
        self._turn_later.timeout.connect(self._turn)
        self.setWindowTitle("ownerscope")
        self.setMinimumSize(MINIMUM)
        self.setAcceptDrops(True)
        self.messages = MessageBar(themes)
        self.top_bar = TopBar(themes, registry)
        self.menus = Menus(registry, settings, self.open_file)
        self._build_head()
        self._build_centre()
        self.command_palette = CommandPalette(self, themes, registry, settings)
        self.help = HelpOverlay(self, themes, registry)
        self._connect()
        registry.install(self)
        self._dress()
        self._restore()

    @property
    def workspace(self) -> str:
        """Name of the workspace in front, or an empty string."""
        return self._workspace

    @property
    def workspaces(self) -> tuple[str, ...]:
        """Names of the workspaces there are."""
        return tuple(self._factories)

    def add_workspace(
        self, name: str, text: str, icon_name: str, factory: Callable[[], QWidget]
    ) -> None:
        """Offer a workspace at the left edge.

        Args:
            name: Its id; also a context of the commands.
            text: What the button and the menu say.
            icon_name: A name of ``gui.icons``.
            factory: Builds it, the first time it is shown.
        """
        self._factories[name] = factory
        command = Command(
            f"workspace.{name}", text, (f"Ctrl+{len(self._factories)}",), "Workspaces", icon_name,
            checkable=True, choice="workspace",
        )  # fmt: skip
        action = self.registry.add(command)
        self.registry.connect(command.id, lambda _on: self.show_workspace(name))
        self._bar.add(action)
        self.menus.add_workspace(action)

    def show_workspace(self, name: str) -> None:
        """Bring a workspace to the front, building it first where it is new.

        An error while it is built stays with the caller, and the workspace before stays in front.
        In a window that is covered the page follows later: nobody sees it.
        """
        self.build_workspace(name)
        self._workspace = name
        if self._covered:
            self._turn_later.start()
        else:
            self._turn()
            self.registry.set_context(name)
        self.settings.workspace = name
        self.registry.set_checked(f"workspace.{name}", True)
        self.workspace_shown.emit(name)

    def _turn(self) -> None:
        """Bring the page of the workspace to the front."""
        self._turn_later.stop()
        self._stack.setCurrentWidget(self._pages[self._workspace])
        self.focus_home()
        self.menus.show_workspace(self._workspace)
        self._fit()
        if self._foot is not None:
            QCoreApplication.postEvent(self._foot, QEvent(QEvent.Type.LayoutRequest))

    def set_covered(self, covered: bool) -> None:
        """Say whether another window lies over all of this one, and has the commands.

        What nobody sees need not be painted, and not follow at once: what is seen is there sooner.
        """
        self._covered = covered
        self.setUpdatesEnabled(not covered)
        if not covered and self._turn_later.isActive():
            self._turn()

    def build_workspace(self, name: str) -> QWidget:
        """Return a workspace that may be shown soon; it is built where it is new."""
        if name not in self._pages:
            page = self._factories[name]()
            # What is in it paints itself: where the foot takes more room or less, what stays where
            # it is need not be painted again.
            page.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
            self._pages[name] = page
            self._stack.addWidget(page)
        return self._pages[name]

    def page(self, name: str) -> QWidget:
        """Return a workspace that was shown."""
        return self._pages[name]

    def add_foot(self, widget: QWidget) -> None:
        """Put something below the workspaces, whichever of them is in front."""
        self._column.addWidget(widget)
        # Who listens hears the text before the picture, and reaches it first with the Tab key.
        widget.stackUnder(self._stack)
        self._foot = widget
        self.order_foot()

    def order_foot(self) -> None:
        """Let the Tab key reach the foot after the workspaces' buttons and before the workspace.

        To be called where there is something new in the foot.
        """
        before: QWidget | None = self._bar.last_button
        if self._foot is None or before is None:
            return
        for widget in self._foot.findChildren(QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
                QWidget.setTabOrder(before, widget)
                before = widget

    @property
    def foot_room(self) -> tuple[int, int]:
        """The height for workspace and foot, and what the workspace needs at least, in pixels."""
        centre, page = self.centralWidget(), self._stack.currentWidget()
        used = self.messages.height() if self.messages.isVisible() else 0
        height = centre.height() if centre else 0
        return height - used, page.minimumSizeHint().height() if page else 0

    def open_file(self, path: Path) -> None:
        """Ask for a file to be opened."""
        self.file_requested.emit(path)

    def choose_file(self) -> None:
        """Ask the user for a file to open."""
        recent = self.settings.recent_files
        folder = str(recent[0].parent) if recent else str(Path.home())
        chosen, _ = QFileDialog.getOpenFileName(self, "Open", folder, ";;".join(OPENS))
        if chosen:
            self.open_file(Path(chosen))
        self.focus_home()

    def focus_home(self) -> None:
        """Give the keyboard to the view the workspace is about (``main_view``), or to the page."""
        page = self._stack.currentWidget()
        view = getattr(page, "main_view", page)
        if isinstance(view, QWidget):
            view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build_head(self) -> None:
        """Put the toolbar beside the menus: the stack needs every line of a projector's 800."""
        head = QFrame()
        head.setObjectName("head")
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.menus, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.top_bar, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setMenuWidget(head)

    def _build_centre(self) -> None:
        self._bar = WorkspaceBar(self.themes)
        self._stack = QStackedWidget()
        welcome = Welcome(self.themes, self.registry)
        self._stack.addWidget(welcome)
        centre = QWidget()
        row, column = QHBoxLayout(centre), QVBoxLayout()
        self._column = column
        row.addWidget(self._bar)
        row.addLayout(column, 1)
        column.addWidget(self.messages)
        column.addWidget(self._stack, 1)
        for box in (row, column):
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(0)
        for around in (centre, self._stack):
            around.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self.setCentralWidget(centre)
        # Something must have the keyboard from the start, and it is not to be a button.
        welcome.setFocus()

    def _connect(self) -> None:
        themes, connect = self.themes, self.registry.connect
        connect("file.open", self.choose_file)
        connect("file.clear_recent", self.settings.clear_recent_files)
        connect("file.quit", self.close)
        for choice in ("light", "dark", "contrast", "system"):
            connect(f"theme.{choice}", lambda _on, choice=choice: themes.choose(choice))
        connect("theme.toggle", lambda: themes.choose("light" if themes.theme.dark else "dark"))
        connect("zoom.in", lambda: themes.zoom(1))
        connect("zoom.out", lambda: themes.zoom(-1))
        connect("zoom.reset", lambda: themes.zoom(0))
        connect("view.motion", themes.set_motion)
        connect("view.full_screen", self.set_full_screen)
        connect("help.keys", self.help.open)
        connect("help.palette", self.command_palette.open)
        connect("help.about", self._about)
        self.file_dropped.connect(self.open_file)
        themes.changed.connect(self._dress)
        # Not ``event``: everything in the window is painted in there, and a view that fails in its
        # first painting would end the process. PySide 6.10 to 6.12 keep an error until the Python
        # below returns, and until then free the ``paintEvent`` of each view that is painted first.
        self.installEventFilter(self)

    def _about(self) -> None:
        self.messages.info(
            "ownerscope plays the Linux kernel's page_owner recursion as a live call stack, and "
            "shows what stops it. MIT licence."
        )

    def set_full_screen(self, on: bool) -> None:
        """Fill the screen without menus, or go back to the window as it was."""
        self.menus.setVisible(not on)
        self.registry.set_checked("view.full_screen", on)
        self.setWindowState(
            self.windowState() | Qt.WindowState.WindowFullScreen
            if on
            else self.windowState() & ~Qt.WindowState.WindowFullScreen
        )

    def _dress(self) -> None:
        themes, registry = self.themes, self.registry
        registry.set_icon("theme.toggle", "sun" if themes.theme.dark else "moon")
        registry.dress(themes.theme, themes.metrics, self.devicePixelRatioF())
        registry.set_checked(f"theme.{themes.choice}", True)
        registry.set_checked("view.motion", themes.motion)
        self.top_bar.dress()
        self._fit()

    def _fit(self) -> None:
        """Let the tools make room for the menus, and then the menus for the least of the tools."""
        self.menus.fit(self.width() - self.top_bar.least_width)
        self.top_bar.fit(self.width() - self.menus.sizeHint().width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the toolbar beside the menus."""
        super().resizeEvent(event)
        self._fit()

    def _restore(self) -> None:
        if not self.restoreGeometry(self.settings.state("geometry")):
            room = QGuiApplication.primaryScreen().availableSize() - _FRAME
            self.resize(COMFORTABLE.boundedTo(room).expandedTo(MINIMUM))
        if self.isFullScreen():
            self.set_full_screen(False)
        self.bring_back()

    def bring_back(self) -> None:
        """Move the window to where it can be seen, should its screen be gone."""
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        seen = [screen.intersected(self.geometry()) for screen in screens]
        if not any(part.width() >= 120 and part.height() >= 80 for part in seen):
            room = QGuiApplication.primaryScreen().availableGeometry()
            self.resize(self.size().boundedTo(room.size()).expandedTo(MINIMUM))
            self.move(room.center() - self.rect().center())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Draw the icons again for a screen with other pixels."""
        if watched is self and event.type() == QEvent.Type.DevicePixelRatioChange:
            self._dress()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave on Esc what is in the way: a message first, then the full screen."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif not self.messages.dismiss_top() and self.isFullScreen():
            self.set_full_screen(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that the window was painted, when its children were painted too."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask for the file that was dropped, or for the first two."""
        urls = [url for url in event.mimeData().urls() if url.isLocalFile()]
        files = [Path(QUrl.toLocalFile(url)) for url in urls]
        event.acceptProposedAction()
        if len(files) > 1:
            self.two_dropped.emit(files[0], files[1])
        else:
            self.file_dropped.emit(files[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember where the window was."""
        self.settings.set_state("geometry", self.saveGeometry())
        self.settings.sync()
        super().closeEvent(event)
