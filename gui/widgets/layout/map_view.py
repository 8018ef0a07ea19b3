"""The map of a struct as it is seen: laid out, scrolled and painted, without keys and mouse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from core.lesson.covered import COST
from gui.geometry.map_grid import Grid, Zoom, grid_of, readable_zoom
from gui.widgets.in_sight import InSight
from gui.widgets.layout.map_head import HeadWidget
from gui.widgets.layout.map_paint import MapPainter, Marks
from gui.widgets.layout.map_scene import NOTHING_OPEN, MapScene, scene_of, spoken
from gui.widgets.layout.map_style import MapStyle
from gui.widgets.layout.map_zoom import ZoomButtons
from gui.widgets.stack.style import CENTRED

if TYPE_CHECKING:
    from core.layout.model import KernelLayout
    from core.layout.what_if import WhatIf
    from gui.theme import ThemeManager
    from gui.widgets.layout.map_scene import MapSession

FADE_MS = 180
"""How long one picture takes to give way to the next."""
_MOST_BAR = 1 << 30
"""Largest value a scroll bar is given: Qt counts in 32 bits, and a struct may be 4 GiB."""


class MapView(QAbstractScrollArea):
    """The map without keys and mouse.

    Args:
        session: What is shown; the view hears its signals.
        themes: Theme and scale in force.
        parent: The Qt parent.
    """

    def __init__(
        self, session: MapSession, themes: ThemeManager, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session, self.themes = session, themes
        self.scene: MapScene | None = None
        self.grid: Grid | None = None
        self.painted: MapPainter | None = None
        self.marks = Marks()
        self.zoom = Zoom.OVERVIEW
        self._zoom_chosen = False
        self.style_now = MapStyle(themes.theme, themes.metrics)
        self._bar_px = 1.0
        self._held: tuple[QPointF, int] | None = None
        self._laid_out: tuple[object, ...] = ()
        self._laid_zoom: Zoom | None = None
        self._view_px = 0
        self.head = HeadWidget(self)
        self.buttons = ZoomButtons(themes, self.zoom_by, self)
        self._before: QPixmap | None = None
        self.fade = QVariantAnimation(self)
        self.fade.setStartValue(1.0)
        self.fade.setEndValue(0.0)
        self.fade.valueChanged.connect(self.viewport().update)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        in_sight = InSight(self)
        in_sight.connect_to(session.layout_changed, self._open)
        in_sight.connect_to(session.answer_changed, self._take)
        in_sight.connect_to(session.member_selected, self._select)
        in_sight.connect_to(session.pointed_changed, self._point)
        in_sight.connect_to(session.covered.changed, self._cover)
        themes.changed.connect(self._dress)
        self._dress_buttons()
        self._taken: tuple[KernelLayout | None, WhatIf | None, int] = (None, None, 0)
        self._take()

    # -- what is shown ----------------------------------------------------------------------------

    def _open(self) -> None:
        """Show the struct that is open now, from its beginning where it is another one."""
        before = self.scene
        self._take()
        now = self.scene
        if before is None or now is None or before.names != now.names:
            self.scroll_to(0)
            self.show_candidate()
            self.show_selected()

    def _take(self) -> None:
        """Show the struct as it is now."""
        layout, answer, line_bytes = (
            self.session.layout,
            self.session.answer,
            self.session.line_bytes,
        )
        old_layout, old_answer, old_line_bytes = self._taken
        if layout is old_layout and answer is old_answer and line_bytes == old_line_bytes:
            # A kernel that is opened is a new answer too, and says both.
            return
        self._taken = layout, answer, line_bytes
        self._fade_from_here()
        before = self._candidate_bit()
        self.scene = scene_of(self.session)
        self.marks = Marks(focused=self.marks.focused)
        self._laid_out, self._held = (), None
        self.lay_out()
        if self._candidate_bit() != before:
            self.show_candidate()
        self._select(self.session.selected)
        self._point()

    def _fade_from_here(self) -> None:
        """Let the picture as it is give way to the next one, where things may move."""
        self.fade.stop()
        duration_ms = self.themes.duration_ms(FADE_MS)
        if self.scene is not None and self.isVisible() and duration_ms:
            self._before = self.viewport().grab()
            self.fade.setDuration(duration_ms)
            self.fade.start()

    def _point(self) -> None:
        """Mark the members that a lesson points at, as far as this struct has them."""
        contents = self.scene.contents if self.scene else None
        found = [contents.index_of(name) for name in self.session.pointed] if contents else []
        self.mark(pointed=tuple(index for index in found if index >= 0))

    def _cover(self) -> None:
        """Say in the title what the struct grows to, or leave it out."""
        asked = COST in self.session.covered
        if self.scene is not None and self.scene.asked != asked:
            self.scene = replace(self.scene, asked=asked)
            self.setAccessibleDescription(spoken(self.scene, self.session.selected))
            self.lay_out()

    def _select(self, name: str) -> None:
        index = self.scene.contents.index_of(name) if self.scene else -1
        struct = self.scene.contents.struct.name if self.scene else "a struct"
        self.setAccessibleName(f"Map of {struct}")
        self.setAccessibleDescription(spoken(self.scene, name))
        self.mark(selected=index)
        self.show_selected()

    def _dress(self) -> None:
        self.fade.stop()
        self.style_now = MapStyle(self.themes.theme, self.themes.metrics)
        self._laid_out = ()
        self._dress_buttons()
        self.lay_out()

    def _dress_buttons(self) -> None:
        self.buttons.dress(self.style_now.small.metrics.height() + 4, self.style_now.px(3))

    def mark(self, **changes: Any) -> None:
        """Change what lies over the map: fields of ``Marks``."""
        marks = replace(self.marks, **changes)
        if marks != self.marks:
            self.marks = marks
            self.viewport().update()

    def draw(self, painter: QPainter) -> None:
        """Draw what is in view: on the screen or into an image."""
        theme = self.themes.theme
        size = self.viewport().size()
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor(theme.surface))
        if self.scene is None or self.grid is None:
            painter.setPen(QColor(theme.muted))
            painter.setFont(self.themes.metrics.ui("title"))
            flags = CENTRED | Qt.TextFlag.TextWordWrap
            pad = self.themes.metrics.px(16)
            room = QRectF(pad, 0, size.width() - 2 * pad, size.height())
            painter.drawText(room, flags, NOTHING_OPEN)
        else:
            if self.painted is None:
                self.painted = MapPainter(
                    self.scene.contents, self.grid, self.style_now, self.scroll_px,
                    (size.width(), size.height()),
                )  # fmt: skip
            self.painted.paint(painter, self.marks)
            self._draw_before(painter)
        if self.marks.focused:
            wide = max(2, self.themes.metrics.px(2))
            painter.setPen(QPen(QColor(theme.focus), wide))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            edge = wide / 2
            painter.drawRect(
                QRectF(0, 0, size.width(), size.height()).adjusted(edge, edge, -edge, -edge)
            )

    def _draw_before(self, painter: QPainter) -> None:
        """Draw what is left of the picture that was there before."""
        if self.fade.state() is not QVariantAnimation.State.Running:
            self._before = None
        if self._before is not None:
            painter.setOpacity(float(self.fade.currentValue()))
            painter.drawPixmap(0, 0, self._before)
            painter.setOpacity(1)

    # -- size and scroll --------------------------------------------------------------------------

    @property
    def scroll_px(self) -> float:
        """How far down the content the view begins."""
        return self.verticalScrollBar().value() * self._bar_px

    def scroll_to(self, top_px: float) -> None:
        """Begin the view at a height of the content, or as near as can be."""
        self.verticalScrollBar().setValue(round(top_px / self._bar_px))

    def _scrolled(self) -> None:
        self._before = self._held = None
        self.painted = None
        self.viewport().update()

    def lay_out(self) -> None:
        """Find the rows for the size, the zoom and what is shown."""
        head = self.head.height_for(self.size())
        self.setViewportMargins(0, head, 0, 0)
        self.head.setGeometry(0, 0, self.width(), head)
        self.head.update()
        right = self.width() - self.buttons.width() - self.style_now.px(10)
        self.buttons.move(right, self.style_now.px(4))
        self.buttons.setVisible(self.head.has_title)
        size = self.viewport().size()
        bar = self.verticalScrollBar()
        # Laid out for the room beside a scroll bar, there or not: one that comes and goes with
        # the layout it causes would never come to rest.
        width = self.width() - bar.sizeHint().width()
        key = (self.scene, self._zoom_chosen, self.zoom, width, size.height(), self.style_now)
        if key == self._laid_out:
            return
        seen = self._in_view(self._candidate_bit(), self._view_px)
        self._view_px = size.height()
        if not self._zoom_chosen and self.scene is not None:
            self.zoom = readable_zoom(
                self.scene.contents, self.scene.line_bytes, width, size.height(),
                self.style_now.sizes,
            )  # fmt: skip
        self.buttons.show_zoom(self.zoom)
        self._laid_out = (*key[:2], self.zoom, *key[3:])
        self.painted = None
        if self.scene is None:
            self.grid = None
            bar.setRange(0, 0)
        else:
            self.grid = grid_of(
                self.scene.contents, self.scene.line_bytes, self.zoom, width, size.height(),
                self.style_now.sizes,
            )  # fmt: skip
            self._set_range(self.grid.height_px, size.height())
            # Other rows in another size: what one asks about must not get out of sight.
            if seen or self.zoom is not self._laid_zoom:
                self.show_candidate()
            self._laid_zoom = self.zoom
        self.viewport().update()

    def _set_range(self, content_px: float, view_px: int) -> None:
        bar = self.verticalScrollBar()
        most = max(0.0, content_px - view_px)
        self._bar_px = max(1.0, most / _MOST_BAR)
        bar.setPageStep(max(1, round(view_px / self._bar_px)))
        assert self.grid is not None
        bar.setSingleStep(max(1, round(self.grid.row_px / self._bar_px)))
        bar.setRange(0, int(-(-most // self._bar_px)))

    def rows_a_page(self) -> int:
        """Return how many rows a page down goes."""
        return max(1, int(self.viewport().height() * 0.85 // self.grid.row_px)) if self.grid else 1

    def index_at(self, point: QPointF) -> int:
        """Return the index of the span at a point of the view, -1 beside the cells."""
        if self.grid is None or self.scene is None:
            return -1
        bit = self.grid.bit_at(point.x(), point.y() + self.scroll_px)
        return self.scene.contents.index_at(bit)

    def _candidate_bit(self) -> int:
        """Where the new field begins, -1 where there is none."""
        contents = self.scene.contents if self.scene is not None else None
        if contents is None or contents.candidate < 0:
            return -1
        return contents.spans[contents.candidate].first_bit

    def _in_view(self, bit: int, view_px: int) -> bool:
        """Return whether the row of a bit is wholly in a view of a height."""
        if bit < 0 or self.grid is None:
            return False
        row = min(self.grid.row_of(bit), max(0, self.grid.rows - 1))
        top = self.grid.top(row) - self.scroll_px
        return top >= 0 and top + self.grid.height(row) <= view_px

    def show_candidate(self) -> None:
        """Scroll the new field into the middle where it is out of sight."""
        bit = self._candidate_bit()
        view_px = self.viewport().height()
        if self.grid is not None and bit >= 0 and not self._in_view(bit, view_px):
            row = min(self.grid.row_of(bit), max(0, self.grid.rows - 1))
            middle = self.grid.top(row) + self.grid.height(row) / 2
            self.scroll_to(middle - view_px / 2)

    def show_selected(self) -> None:
        """Scroll to the selected member, no further than needed."""
        if self.scene is None or self.grid is None or self.marks.selected < 0:
            return
        span = self.scene.contents.spans[self.marks.selected]
        row = min(self.grid.row_of(span.first_bit), max(0, self.grid.rows - 1))
        top = self.grid.top(row)
        bottom = top + self.grid.height(row)
        view = self.viewport().height()
        margin = self.grid.margin_px
        if top - margin < self.scroll_px:
            self.scroll_to(top - margin)
        elif bottom + margin > self.scroll_px + view:
            self.scroll_to(min(top - margin, bottom + margin - view))

    # -- zoom -------------------------------------------------------------------------------------

    def zoom_by(self, steps: int, at: QPointF | None = None) -> None:
        """Look nearer (positive) or from further off; what is at a point stays there."""
        self.set_zoom(Zoom(max(0, min(int(self.zoom) + steps, len(Zoom) - 1))), at)

    def set_zoom(self, zoom: Zoom, at: QPointF | None = None) -> None:
        """Look from so near.

        Args:
            zoom: How near.
            at: The point of the view whose byte stays at its height; without one, the selected
                member does, else what is in the middle.
        """
        self._zoom_chosen = True
        if self.grid is None or self.scene is None or zoom is self.zoom:
            self.zoom = zoom
            return
        bit, y = self._anchor(at)
        held = self._held if at is not None else None
        self.zoom = zoom
        self.lay_out()
        row = self.grid.row_of(bit)
        self.scroll_to(self.grid.top(row) + self.grid.height(row) / 2 - y)
        self._held = held
        self.head.update()

    def _anchor(self, at: QPointF | None) -> tuple[int, float]:
        """The bit that stays, and the height in the view it stays at."""
        assert self.grid is not None and self.scene is not None
        view = self.viewport().rect()
        if at is not None:
            # The mouse has not moved: what was under it at first is meant, not what is now.
            if self._held is None or self._held[0] != at:
                self._held = at, self.grid.nearest_bit(at.x(), at.y() + self.scroll_px)
            return self._held[1], at.y()
        if self.marks.selected >= 0:
            bit = self.scene.contents.spans[self.marks.selected].first_bit
            bit = min(bit, self.scene.contents.size_bits - 1)
            y = self.grid.top(self.grid.row_of(bit)) - self.scroll_px
            inside = 0 <= y < view.height()
            return bit, y if inside else view.height() / 2
        y = view.height() / 2
        return self.grid.nearest_bit(view.width() / 2, y + self.scroll_px), y

    def sizeHint(self) -> QSize:
        """Return a size at which a whole task_struct is seen well."""
        px = self.themes.metrics.px
        return QSize(px(900), px(560))

    def minimumSizeHint(self) -> QSize:
        """Return the least size that still shows something."""
        return QSize(240, 160)
