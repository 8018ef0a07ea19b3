"""Export of what a workspace shows as a picture or film, and the copy for the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from core.errors import OwnerscopeError

if TYPE_CHECKING:
    from pathlib import Path

    from gui.compare_session import CompareSession
    from gui.controller import Controller
    from gui.render.exporter import FilmExporter
    from gui.render.shown import Sessions, Shown
    from gui.widgets.export_film import ExportDialog

PICTURE_KINDS = "Picture (*.png);;Drawing (*.svg);;Page (*.pdf)"
FILM_KINDS = "GIF (*.gif);;Film (*.mp4);;WebP (*.webp)"


class RenderBindings(QObject):
    """Connects the two commands of a window.

    Args:
        controller: Whose sessions are drawn.
    """

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._window = controller.window
        self._sessions: Sessions = controller
        self._exporter: FilmExporter | None = None
        registry = self._window.registry
        registry.connect("file.export", self.export)
        registry.connect("file.copy_picture", self.copy)

    @property
    def exporter(self) -> FilmExporter:
        """What makes the files; made when it is first asked for."""
        if self._exporter is None:
            from gui.render.exporter import FilmExporter
            from gui.widgets.export_film import ExportProgress

            self._exporter = made = FilmExporter(self)
            over = self._window.centralWidget() or self._window
            self.progress = ExportProgress(made, self._window.themes, over)
            made.written.connect(lambda path: self._window.messages.ok(f"Written: {path}"))
            made.failed.connect(self._window.messages.error)
            application = QCoreApplication.instance()
            if application is not None:
                application.aboutToQuit.connect(made.cancel)
        return self._exporter

    # -- what is in front -----------------------------------------------------------------

    def _compared(self) -> CompareSession | None:
        from gui.compare_session import CompareSession

        return self._window.findChild(CompareSession)

    def shown(self, view: str = "") -> Shown:
        """Return what is drawn: the workspace's own view, or another one of its run.

        Raises:
            OwnerscopeError: There is nothing to be drawn.
        """
        from gui.render.shown import Shown, views_in

        views = views_in(self._window.workspace)
        chosen = view or (views[0] if views else "stack")
        return Shown(self._sessions, self._window.themes, self._compared, chosen)

    # -- the commands ---------------------------------------------------------------------

    def export(self) -> None:
        """Ask for a file and for what belongs to its kind, and make it."""
        from gui.widgets.ask import ask_where

        try:
            shown = self.shown()
        except OwnerscopeError as error:
            self._window.messages.error(str(error))
            return
        kinds = f"{PICTURE_KINDS};;{FILM_KINDS}" if shown.length else PICTURE_KINDS
        path = ask_where(self._window, "Export picture or film", f"{shown.name}.png", kinds)
        if path is None:
            return
        dialog = self.dialog(shown, path)
        if dialog.exec():
            self.export_to(path, dialog)
        dialog.deleteLater()

    def dialog(self, shown: Shown, path: Path) -> ExportDialog:
        """Return what asks for the rest."""
        from gui.render.job import FILMS
        from gui.render.shown import NAMES, views_in
        from gui.widgets.export_film import ExportDialog

        views = [(view, NAMES[view]) for view in views_in(self._window.workspace)]
        return ExportDialog(
            self._window, views, shown.length, shown.selected,
            is_film=path.suffix.lower() in FILMS, scale=self._window.themes.metrics.scale,
        )  # fmt: skip

    def export_to(self, path: Path, dialog: ExportDialog) -> None:
        """Make what was asked for."""
        from gui.render.mp4 import check_installed

        try:
            if path.suffix.lower() == ".mp4":
                check_installed()
            shown = self.shown(dialog.chosen_view)
        except OwnerscopeError as error:
            self._window.messages.error(str(error))
            return
        moment = None if dialog.is_film else shown.position
        self.exporter.export(shown, path, moment=moment, **dialog.wanted())

    def copy(self) -> None:
        """Put the view on the clipboard, as pixels and as a drawing."""
        from gui.render.pictures import encoded, image_of
        from gui.render.scenes import make_scene

        try:
            request = self.shown().request()
            scene = make_scene(self.shown().view, request)
        except OwnerscopeError as error:
            self._window.messages.error(str(error))
            return
        image = image_of(scene, request.position)
        data = QMimeData()
        data.setImageData(image)
        data.setData("image/png", encoded(scene, request.position, "png", ""))
        drawing = encoded(scene, request.position, "svg", self.shown().name)
        data.setData("image/svg+xml", drawing)
        QGuiApplication.clipboard().setMimeData(data)
        self._window.messages.ok("The picture is on the clipboard.")
