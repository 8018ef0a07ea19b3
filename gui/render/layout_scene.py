"""A struct as cache lines, with the new field in it, and beside it what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.errors import RenderError
from gui.render.scenes import SlideScene
from gui.render.slide import Slide
from gui.render.still_themes import StillThemes

if TYPE_CHECKING:
    from gui.layout_session import LayoutSession
    from gui.render.request import PictureRequest
    from gui.render.scenes import Scene

_MAP_SHARE = 54
"""Percent of the width that the map gets."""
_WORD_SHARE = 40
"""Percent of the height that the storage word gets at most."""


def layout_scene(request: PictureRequest) -> Scene:
    """Return the map of a kernel's task_struct, the storage word and what it costs.

    Raises:
        OwnerscopeError: There is no such layout, or the field cannot go there.
    """
    from gui.widgets.layout.bits import StorageWordView
    from gui.widgets.layout.columns import StorageColumns
    from gui.widgets.layout.map import StructMap

    themes = StillThemes(request.theme, request.scale)
    session = laid_out(request)
    layout = session.layout
    assert layout is not None
    head = request.title or f"struct {layout.struct.name}"
    slide = Slide(themes, head, layout.label)
    map_view, word = StructMap(session, themes), StorageWordView(session, themes)
    columns = StorageColumns(session, themes)
    whole, right = QWidget(), QWidget()
    row, column = QHBoxLayout(whole), QVBoxLayout(right)
    for box in (row, column):
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
    row.addWidget(map_view)
    row.addWidget(right)
    map_view.setFixedWidth(request.size[0] * _MAP_SHARE // 100)
    most = request.size[1] * _WORD_SHARE // 100
    column.addWidget(columns, 1)
    column.addWidget(word)
    slide.add(whole, 1)
    scene = SlideScene(slide, request.size, None, themes, session)
    word.setFixedHeight(min(word.wanted_height(most), most))
    slide.show_at(*request.size)
    map_view.show_candidate()
    map_view.show_selected()
    map_view.buttons.hide()
    return scene


def laid_out(request: PictureRequest) -> LayoutSession:
    """Return a session with the struct that a picture is of, and the field in it.

    Raises:
        OwnerscopeError: There is no such layout, or the field cannot go there.
    """
    from core.layout.library import DEFAULT
    from gui.layout_session import LayoutSession

    session = LayoutSession()
    problems: list[str] = []
    session.failed.connect(problems.append)
    if session.open(request.kernel or DEFAULT):
        if request.struct:
            session.show_struct(request.struct)
        if request.field:
            session.set_field(request.field)
        if request.place:
            session.set_place(request.place)
    if problems:
        raise RenderError(problems[0], where="--view layout")
    for text in request.highlights:
        kind, _, name = text.partition(":")
        if kind == "member":
            session.select(name)
    return session
