"""What the commands of the Layout workspace do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from core.saving import write_aside

if TYPE_CHECKING:
    from gui.layout_session import LayoutSession
    from gui.window import MainWindow
    from gui.workspaces.layout import LayoutWorkspace

EXPORTS = {
    ".svg": "the map as a drawing",
    ".png": "the map as a picture",
    ".csv": "the members as a table",
    ".json": "everything, for programs",
    ".txt": "the answer as text",
}
_PNG_SCALE = 2.0


def bind_layout(
    window: MainWindow,
    session: Callable[[], LayoutSession],
    page: Callable[[], LayoutWorkspace | None],
) -> None:
    """Carry out the commands of the Layout workspace.

    Args:
        window: For its commands and messages.
        session: Returns what they are about; it is made when it is first asked for.
        page: Returns the workspace once it has been built.
    """
    connect = window.registry.connect
    for name in ("uint", "bit1", "bit2"):
        connect(f"layout.{name}", lambda name=name: _ask(session(), name))
    for way in ("after", "before"):
        connect(f"layout.{way}", lambda way=way: _place(window, session(), way))
    connect("layout.home", lambda: session().set_place(""))
    connect("layout.task_struct", lambda: session().show_struct("task_struct"))
    for command, panel in (("cost", "cost"), ("members", "members"), ("kernels", "survey")):
        connect(f"layout.{command}", lambda panel=panel: _show(page(), panel))
    connect("layout.paste", lambda: _paste(window, session()))
    connect("layout.copy", lambda: _copy(window, _text(session()), "The answer"))
    connect("layout.copy_table", lambda: _copy(window, _markdown(session()), "The table"))
    connect("layout.export", lambda: _export(window, session()))
    connect("layout.export_staircase", lambda: _export_staircase(window, page()))
    connect("layout.export_survey", lambda: _export_survey(window, page()))


def _ask(session: LayoutSession, field: str) -> None:
    """Ask about one of the storages in its own place: the other's would be another question."""
    session.place = ""
    session.set_field(field)


def _place(window: MainWindow, session: LayoutSession, way: str) -> None:
    if session.selected:
        session.set_place(f"{way}:{session.selected}")
    else:
        window.messages.info("Select a member first: click one in the map.")


def _show(page: LayoutWorkspace | None, panel: str) -> None:
    if page is not None:
        page.show_panel(panel)


def _paste(window: MainWindow, session: LayoutSession) -> None:
    text = QGuiApplication.clipboard().text()
    if not text.strip():
        window.messages.info("There is no text on the clipboard.")
        return
    session.open_text(text)


def _copy(window: MainWindow, text: str, what: str) -> None:
    if text:
        QGuiApplication.clipboard().setText(text)
        window.messages.ok(f"{what} is on the clipboard.")
    else:
        window.messages.info("Open a kernel first.")


def _text(session: LayoutSession) -> str:
    from gui.widgets.layout.export import as_text

    return as_text(session) if session.analysis is not None else ""


def _markdown(session: LayoutSession) -> str:
    from gui.widgets.layout.export import markdown

    return markdown(session) if session.analysis is not None else ""


def _export(window: MainWindow, session: LayoutSession) -> None:
    if session.analysis is None:
        window.messages.info("Open a kernel first.")
        return
    name = session.analysis.layout.struct.name
    _save(window, name, EXPORTS, lambda suffix: exported(window, session, suffix))


def _export_staircase(window: MainWindow, page: LayoutWorkspace | None) -> None:
    if page is not None:
        plot = page.staircase
        kinds = {".svg": "the staircase as a drawing", ".png": "the staircase as a picture"}

        def made(suffix: str) -> bytes:
            return plot.svg() if suffix == ".svg" else plot.png(_PNG_SCALE)

        _save(window, "staircase", kinds, made)


def _export_survey(window: MainWindow, page: LayoutWorkspace | None) -> None:
    from gui.widgets.layout.export import survey_csv

    if page is None or not page.survey.rows:
        window.messages.info("Show the kernels first: they are asked when they are looked at.")
        return
    rows = page.survey.rows
    _save(window, "kernels", {".csv": "a table"}, lambda _suffix: survey_csv(rows).encode())


def _save(
    window: MainWindow, name: str, kinds: Mapping[str, str], made: Callable[[str], bytes]
) -> None:
    """Ask where, and write what belongs to the suffix that was chosen.

    Args:
        window: Where to say what came of it.
        name: The suggested file, without a suffix.
        kinds: Suffixes with what such a file holds.
        made: Returns the bytes for a suffix.
    """
    filters = ";;".join(f"{what} (*{suffix})" for suffix, what in kinds.items())
    chosen, kind = QFileDialog.getSaveFileName(window, "Export", name + next(iter(kinds)), filters)
    if not chosen:
        return
    path = Path(chosen)
    if path.suffix not in kinds:
        path = path.with_name(path.name + next(suffix for suffix in kinds if f"*{suffix})" in kind))
    try:
        write_aside(path, made(path.suffix))
    except OSError as error:
        window.messages.error(f"{path}: {error.strerror or error}; choose another place")
        return
    window.messages.ok(f"Written: {path}")


def exported(window: MainWindow, session: LayoutSession, suffix: str) -> bytes:
    """Return what a file with a suffix of ``EXPORTS`` holds."""
    from gui.widgets.layout import export, map_export

    assert session.analysis is not None
    if suffix == ".svg":
        return map_export.svg(session, window.themes)
    if suffix == ".png":
        return map_export.png(session, window.themes, _PNG_SCALE)
    if suffix == ".csv":
        return export.members_csv(session).encode()
    if suffix == ".json":
        return _json(session)
    return export.as_text(session).encode()


def _json(session: LayoutSession) -> bytes:
    import json

    from core.layout.report import report

    assert session.analysis is not None
    told = report(session.analysis, session.priced, session.comparison())
    return (json.dumps(told, indent=2) + "\n").encode()
