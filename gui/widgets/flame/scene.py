"""The picture of the frames in view, with their names: drawn once for every look at it."""

from __future__ import annotations

from functools import cached_property, lru_cache
from math import floor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from gui.geometry.flame import NOTHING, Cells, Rows, Runs, cells, runs
from gui.geometry.timeline_rows import baseline_in
from gui.widgets.flame.colours import DIMMED, FADED, HIT, PLAIN, FlameColours, rgb
from gui.widgets.flame.words import change_sign, node_change, share_text

if TYPE_CHECKING:
    from core.recording.questions.call_tree import CallTree
    from gui.geometry.axis import View
    from gui.geometry.flame import Numbers
    from gui.theme import Metrics

    Counts = npt.NDArray[np.int32]

MANY_NODES = 100_000
MOST_LABELS_MOVING = 150
"""A picture that moves names only the widest frames."""
_LABEL_PX, _SHARE_PX, _PAD_PX = 34, 90, 4
"""Least widths of a frame with a name and with its share, and the room around, at scale 1."""
_SIGN_PX, _SIGN_PAD_PX = 12, 1
"""The same of a frame that has room for the sign of its change, and no more."""
_LEAST_LETTERS = 4
"""So many letters of a name say more than how large a change is."""
_EDGE_PX = 3
"""From this width on a frame ends in a gap to the next one."""


class FlameLook(NamedTuple):
    """How frames look: sizes, colours, and which of them are hits.

    Attributes:
        metrics: Sizes and fonts.
        colours: Colours of the tree's frames.
        hits: How many hits there are before each node, shape (nodes + 1,); None without a search.
        normalised: Whether a comparison is one of shares.
    """

    metrics: Metrics
    colours: FlameColours
    hits: Counts | None = None
    normalised: bool = False


class FlameScene:
    """The frames in view as a picture.

    Args:
        tree: The frames.
        seen: What is in view, in units of the tree's width.
        node: The frame that is looked into; those above it are faded.
        rows: Where the levels lie.
        width: Width of the picture in device-independent pixels.
        look: How frames look.
        ratio: Pixels of the screen a device-independent one.
        moves: The next picture follows at once: this one may leave out small names, and where
            there are many frames it is half as fine.
        before: The picture before; what it has worked out for the same view is used again.
    """

    def __init__(
        self,
        tree: CallTree,
        seen: View,
        node: int,
        rows: Rows,
        width: float,
        look: FlameLook,
        ratio: float = 1.0,
        *,
        moves: bool = False,
        before: FlameScene | None = None,
    ) -> None:
        self.tree, self.seen, self.node, self.rows = tree, seen, node, rows
        self.width, self.look, self.moves = width, look, moves
        self.column_px = 2 if moves and len(tree) >= MANY_NODES else 1
        self.screen_ratio, self.ratio = ratio, ratio / self.column_px
        self.pixels = max(1, round(width * self.ratio))
        same = before is not None and before._place == self._place
        self.cells: Cells = before.cells if before and same else self._found()
        self.runs: Runs = before.runs if before and same else runs(self.cells)

    def _found(self) -> Cells:
        return cells(self.tree, self.seen, self.pixels, self.rows.visible)

    @property
    def _place(self) -> tuple[object, ...]:
        """All that decides where frames are drawn, up to how high levels are."""
        return self.tree, self.seen, self.pixels, self.rows.visible

    # -- where frames are -------------------------------------------------------------------

    def node_at(self, point: QPointF) -> int | None:
        """Return the frame drawn at a point."""
        depth = self.rows.depth_at(point.y())
        return None if depth is None else self.cells.at(depth, int(point.x() * self.ratio))

    def together_at(self, point: QPointF) -> int:
        """Return for how many frames the pixel at a point stands."""
        depth = self.rows.depth_at(point.y())
        return 0 if depth is None else self.cells.together(depth, int(point.x() * self.ratio))

    def rect_of(self, node: int) -> QRectF | None:
        """Return where a frame is drawn, at least a pixel wide; None where it is out of sight."""
        depth = int(self.tree.depths[node])
        first = (float(self.tree.x[node]) - self.seen.first) / self.seen.width * self.width
        last = (self.tree.end(node) - self.seen.first) / self.seen.width * self.width
        if depth not in self.rows.visible or last < 0 or first > self.width:
            return None
        first, last = max(first, 0.0), min(last, self.width)
        room = max(last - first, 1 / self.ratio)
        return QRectF(first, self.rows.top_of(depth), room, self.rows.row - 1)

    # -- how they look ------------------------------------------------------------------------

    def _kinds(self, depths: Numbers, first: Numbers, last: Numbers) -> Numbers:
        """Return how frames stand out; a pixel that stands for a hit among others is one."""
        hits = self.look.hits
        if hits is not None:
            return np.where(hits[last + 1] > hits[first], HIT, DIMMED)
        above = depths < int(self.tree.depths[self.node])
        return np.where(above, FADED, PLAIN)

    @cached_property
    def _run_kinds(self) -> Numbers:
        run, found = self.runs, self.cells
        first, last = found.first[run.row, run.begin], found.last[run.row, run.begin]
        # A wide frame is itself; its first pixel may be shared with what ends there.
        wide = run.end - run.begin > 1
        first, last = np.where(wide, run.node, first), np.where(wide, run.node, last)
        return self._kinds(run.row + found.depths.start, first, last)

    @cached_property
    def grid(self) -> npt.NDArray[np.uint32]:
        """The colour of each pixel of each level in view, shape (levels, pixels)."""
        run, look = self.runs, self.look
        ground = rgb(look.colours.theme.surface)
        table = np.full(self.cells.node.shape, ground, np.uint32)
        fills = look.colours.fills[self._run_kinds, look.colours.indices(run.node)]
        drawn = self.cells.node != NOTHING
        table[drawn] = np.repeat(fills, run.end - run.begin)
        gap = max(1, floor(self.ratio))
        wide = run.pick(run.end - run.begin >= _EDGE_PX * gap)
        for step in range(1, gap + 1):
            table[wide.row, wide.end - step] = ground
        return table

    @cached_property
    def image(self) -> QImage:
        """The frames and their names."""
        picture = self._boxes()
        with QPainter(picture) as painter:
            self._draw_names(painter)
        return picture

    def _boxes(self) -> QImage:
        """Return the frames without names, each level a row of pixels repeated."""
        rows, ratio, wide = self.rows, self.screen_ratio, self.pixels * self.column_px
        height = max(1, round(rows.height * ratio))
        picture = QImage(wide, height, QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(ratio)
        flat = np.frombuffer(picture.bits(), np.uint32).reshape(height, -1)[:, :wide]
        flat[:] = rgb(self.look.colours.theme.surface)
        for colours, depth in zip(self.grid, self.cells.depths, strict=True):
            top = rows.top_of(depth)
            begin, end = round(top * ratio), round((top + rows.row) * ratio)
            end -= max(1, round(ratio)) if rows.row >= _EDGE_PX else 0
            line = np.repeat(colours, self.column_px)
            flat[max(0, begin) : max(0, min(end, height))] = line
        return picture

    def paint(self, painter: QPainter) -> None:
        """Draw the frames as shapes and text, not as a picture."""
        run, colours = self.runs, self.look.colours
        which = colours.indices(run.node)
        fills = colours.fills[self._run_kinds, which].tolist()
        tops = [self.rows.top_of(depth) for depth in self.cells.depths]
        columns = (column.tolist() for column in run[:3])
        for row, begin, end, fill in zip(*columns, fills, strict=True):
            gap = 1 if end - begin >= _EDGE_PX * self.ratio else 0
            wide = (end - begin) / self.ratio - gap
            box = QRectF(begin / self.ratio, tops[row], wide, self.rows.row - 1)
            painter.fillRect(box, QColor(fill))
        self._draw_names(painter)

    # -- names --------------------------------------------------------------------------------

    @cached_property
    def labelled(self) -> Runs:
        """The frames that are wide enough for a name; in motion only the widest of them."""
        least = _LABEL_PX if self.tree.base is None else _SIGN_PX
        run, room = self.runs, self.look.metrics.px(least) * self.ratio
        wide = np.flatnonzero(run.end - run.begin >= room)
        if self.moves and len(wide) > MOST_LABELS_MOVING:
            widths = (run.end - run.begin)[wide]
            wide = wide[np.argpartition(-widths, MOST_LABELS_MOVING)[:MOST_LABELS_MOVING]]
        # Text of one colour after the other: changing the pen is what costs.
        colours = self.look.colours
        inks = colours.ink_numbers[self._run_kinds[wide], colours.indices(run.node[wide])]
        order = np.argsort(inks, kind="stable")
        self._inks = inks[order].tolist()
        return run.pick(wide[order])

    def _draw_names(self, painter: QPainter) -> None:
        metrics, ratio, colours = self.look.metrics, self.ratio, self.look.colours
        font = metrics.mono("caption")
        measure, pad = QFontMetricsF(font), metrics.px(_PAD_PX)
        if self.rows.row < measure.height() * 0.8:
            return
        painter.setFont(font)
        run = self.labelled
        down = baseline_in(self.rows.row - 1, measure.ascent(), font.pixelSize())
        tops = [self.rows.top_of(depth) + down for depth in self.cells.depths]
        fit, ink = _fitting(font.toString()), -1
        least_share, least_name = metrics.px(_SHARE_PX), metrics.px(_LABEL_PX)
        tight = metrics.px(_SIGN_PAD_PX)
        for row, begin, end, node, wanted in zip(
            *(column.tolist() for column in run), self._inks, strict=True
        ):
            if wanted != ink:
                ink = wanted
                painter.setPen(colours.ink_colours[ink])
            wide = (end - begin) / ratio
            side = pad if wide >= least_name else tight
            room = wide - 2 * side - (0 if side == pad else 1)
            text = fit(self._label(node, share=room >= least_share), room)
            if text:
                painter.drawText(QPointF(begin / ratio + side, tops[row]), text)

    def _label(self, node: int, *, share: bool) -> Label:
        tree = self.tree
        name = tree.name_of(node)
        if tree.base is None:
            return Label("", name, share_text(tree.total[node], tree.whole) if share else "")
        change = node_change(tree, node, normalised=self.look.normalised)
        return Label("" if change == "same" else change, name, "", change_sign(change))


class Label(NamedTuple):
    """What a frame says: a name that may be cut, and what is there whole or not at all.

    Attributes:
        before: Stands before the name, and first of all.
        name: The function.
        after: Stands behind a whole name.
        sign: Stands for ``before`` where that would leave no room for the name.
    """

    before: str
    name: str
    after: str
    sign: str = ""


class _Fit:
    """Shortens labels to the room there is; names are measured once in the life of a font."""

    def __init__(self, font: QFont) -> None:
        self._measure = QFontMetricsF(font)
        self._letter = self._measure.horizontalAdvance("0")
        self._widths: dict[str, float] = {}

    def __call__(self, label: Label, room: float) -> str:
        before, name, after, sign = label
        if before:
            least = min(len(name), _LEAST_LETTERS + 1) * self._letter
            left = room - self._width(before) - 2 * self._letter
            gap = "  "
            if sign and left < least:
                before, gap = sign, " "
                left = room - self._width(sign) - self._letter
                if left < 2 * self._letter:
                    return sign if self._width(sign) <= room else ""
            rest = self(Label("", name, after), left)
            return "" if self._width(before) > room else f"{before}{gap}{rest}".rstrip()
        width = self._width(name)
        if width > room:
            return self._shortened(name, room)
        if after and width + (len(after) + 2) * self._letter <= room:
            return f"{name}  {after}"
        return name

    def _width(self, text: str) -> float:
        width = self._widths.get(text)
        if width is None:
            width = self._widths[text] = self._measure.horizontalAdvance(text)
        return width

    def _shortened(self, name: str, room: float) -> str:
        """Cut a name; where letters are equally wide the result need not be measured."""
        kept = int(room / self._letter) - 1
        if kept < 1:
            return ""
        if name.isascii() and abs(self._width(name) - len(name) * self._letter) < 1:
            return name[:kept] + "…"
        return self._measure.elidedText(name, Qt.TextElideMode.ElideRight, room)


@lru_cache(maxsize=8)
def _fitting(key: str) -> _Fit:
    """Return what fits labels of a font, given as ``QFont.toString`` writes it."""
    font = QFont()
    font.fromString(key)
    return _Fit(font)
