"""Small pictures of a lesson's steps: as they were shown, or as they will be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap

from core.errors import OwnerscopeError

if TYPE_CHECKING:
    from core.lesson.resolved import ResolvedStep
    from core.trace.trace import Trace
    from gui.lesson_session import LessonSession
    from gui.presenter.hall import HallThemes
    from gui.render.pictures import PictureRequest

SIZE = QSize(320, 180)
_FIRST_MS, _NEXT_MS = 900, 180
"""The lesson comes first: the pictures are made one by one when nothing else is to do."""
_VIEWS = {"live": "stack", "timeline": "timeline", "compare": "compare", "layout": "layout"}


class Thumbnails(QObject):
    """Pictures by the number of the step.

    Args:
        lessons: The lesson under way.
        themes: The look.
        parent: The Qt parent.
    """

    changed = Signal(int)
    """Another picture of a step is there (its index)."""

    def __init__(
        self, lessons: LessonSession, themes: HallThemes, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._lessons, self._themes = lessons, themes
        self._made: dict[int, QPixmap] = {}
        self._open: list[int] = []
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._make_one)
        self._making = False
        stage = lessons.stage
        for there in (stage.shown, stage.reading.kept.prepared):
            there.connect(self._try_recordings)

    def get(self, index: int) -> QPixmap:
        """Return the picture of a step, one that only names it where there is none yet."""
        if index in self._made:
            return self._made[index]
        return card(self._lessons.steps[index], self._themes)

    def put(self, index: int, picture: QPixmap) -> None:
        """Keep how a step looked."""
        self._made[index] = picture.scaled(
            SIZE * 2,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        self.changed.emit(index)

    def start(self) -> None:
        """Make the pictures of all steps, when there is time."""
        self._made.clear()
        here = max(0, self._lessons.index)
        others = range(len(self._lessons.steps))
        self._open = sorted(others, key=lambda at: (at < here, abs(at - here)))
        self._making = True
        self._timer.start(_FIRST_MS)

    def wait(self) -> None:
        """Make none while somebody moves on: a step is there sooner."""
        if self._timer.isActive():
            self._timer.start(_FIRST_MS)

    def stop(self) -> None:
        """Make no more of them."""
        self._timer.stop()
        self._open, self._making = [], False

    def _try_recordings(self, *_: object) -> None:
        """Make the pictures of steps whose recording may have been read by now."""
        if not self._making:
            return
        self._open += [
            at
            for at, step in enumerate(self._lessons.steps)
            if step.shows_recording and at not in self._made and at not in self._open
        ]
        if self._open and not self._timer.isActive():
            self._timer.start(_NEXT_MS)

    def _make_one(self) -> None:
        while self._open and self._open[0] in self._made:
            self._open.pop(0)
        if not self._open:
            return
        index = self._open.pop(0)
        if index < len(self._lessons.steps):
            picture = self._drawn(self._lessons.steps[index])
            if picture is not None:
                self.put(index, picture)
        self._timer.start(_NEXT_MS)

    def _drawn(self, step: ResolvedStep) -> QPixmap | None:
        view = _VIEWS.get(step.workspace)
        if view is None or step.problem:
            return None
        from gui.render.pictures import image_of
        from gui.render.scenes import make_scene

        try:
            request, position = self._request(step)
            return QPixmap.fromImage(image_of(make_scene(view, request), position))
        except OwnerscopeError:
            return None  # the step says it when it is shown

    def _request(self, step: ResolvedStep) -> tuple[PictureRequest, int]:
        from core.lesson.positions import position_of
        from gui.render.pictures import PictureRequest

        trace, source, position = None, None, -1
        if step.is_run:
            source = step.source()
            runs = self._lessons.stage.runs
            made = runs.get(runs.wanted(step.scenario, step.settings, step.overrides))
            if made is None:
                raise OwnerscopeError("the run takes too long for a picture")
            trace = made.trace
            if step.workspace != "compare":
                position = position_of(step.step.position, trace, where=step.where)
        elif step.shows_recording:
            trace = self._recorded(step)
            position = position_of(step.step.position, trace, where=step.where)
        request = PictureRequest(
            source=source, settings=step.settings, overrides=step.overrides, trace=trace,
            position=position, essential=step.essential, lanes=step.step.lanes,
            kernel=step.layout, field=step.field, place=step.place,
            highlights=step.step.highlights, title=step.title, size=(960, 540),
            theme="dark" if self._themes.theme.dark else "light", caption=False,
        )  # fmt: skip
        return request, position

    def _recorded(self, step: ResolvedStep) -> Trace:
        from core.lesson.recorded import path_of

        kept = self._lessons.stage.reading.kept.find(path_of(step.recording, where=step.where))
        trace = kept.recording.trace if kept is not None else None
        if trace is None:
            raise OwnerscopeError("the recording was not read yet")
        return trace


def card(step: ResolvedStep, themes: HallThemes, size: QSize = SIZE) -> QPixmap:
    """Return a picture that only says which step it is."""
    theme, metrics = themes.theme, themes.metrics
    made = QPixmap(size)
    made.fill(QColor(theme.sunken))
    with QPainter(made) as painter:
        font = metrics.ui("title", bold=True)
        font.setPixelSize(max(10, size.height() // 9))
        painter.setFont(font)
        painter.setPen(QColor(theme.muted))
        room = QRectF(made.rect()).adjusted(12, 10, -12, -10)
        middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, middle, step.title)
    return made
