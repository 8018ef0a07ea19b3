"""What a repaint of a whole large struct costs, and the same cells as items of a scene."""

from __future__ import annotations

import os
import statistics
import time
from typing import TYPE_CHECKING

from tests.bench.row import Row

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QGraphicsScene

    from core.layout.model import KernelLayout
    from gui.widgets.layout.map import StructMap

MEMBERS = 10_000
SIZES = (8, 8, 4, 4, 8, 4, 8, 16, 2, 2, 4, 8, 1)
"""About as many holes as a task_struct has: one to ten members."""
REPAINTS = 40
REPAINT_MS = 8
SIZE = (1920, 1080)


def large_struct(members: int) -> KernelLayout:
    """Return a struct of so many members: every size there is, holes and bitfields among them."""
    from core.layout.model import KernelLayout, Member, StructLayout

    made, cursor = [], 0
    for number in range(members):
        size = SIZES[number % len(SIZES)]
        name = f"member_{number}"
        if number % 50 < 6:
            made.append(Member(name, "unsigned int", cursor, 1, True, 4, 4))
            cursor += 1
            continue
        cursor = -(-cursor // (size * 8)) * size * 8
        made.append(Member(name, f"u{size * 8}", cursor, size * 8, False, size, size))
        cursor += size * 8
    struct = StructLayout("large", -(-cursor // 512) * 64, tuple(made))
    return KernelLayout("large", "large", "", "x86_64", "made for this bench", struct)


def bench_repaint() -> list[Row]:
    """A repaint with 10,000 members in view, and the same rectangles in a QGraphicsScene."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QApplication

    from gui.geometry.map_grid import Zoom
    from gui.theme import ThemeManager
    from gui.widgets.layout.map import StructMap
    from tests.gui.test_struct_map import FakeSession

    _application = QApplication.instance() or QApplication([])
    view = StructMap(FakeSession(large_struct(MEMBERS)), ThemeManager())
    view.resize(*SIZE)
    view.set_zoom(Zoom.OVERVIEW)
    view.lay_out()
    image = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    map_ms = _median_ms(view, image)
    assert view.painted is not None
    seen = {cell.span for cell in view.painted.display.cells}
    assert len(seen) >= MEMBERS, len(seen)
    scene = _as_items(view)
    scene_ms = _scene_ms(scene, image)
    begun = time.perf_counter()
    view.painted = None
    _median_ms(view, image, times=1)
    first_ms = (time.perf_counter() - begun) * 1000
    return [
        Row(
            name=f"repaint of the map with {MEMBERS:,} members in view"
            f" (the first one after a resize: {first_ms:.0f} ms)",
            measured=round(map_ms, 2),
            unit="ms",
            compared_with=f"as items of a QGraphicsScene: {scene_ms:.1f} ms",
            ratio=scene_ms / map_ms,
            target=f"under {REPAINT_MS} ms",
            ok=map_ms < REPAINT_MS,
        )
    ]


def _median_ms(view: StructMap, image: QImage, times: int = REPAINTS) -> float:
    from PySide6.QtGui import QPainter

    taken = []
    for _ in range(times + 1):
        begun = time.perf_counter()
        with QPainter(image) as painter:
            view.draw(painter)
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken[1:])


def _as_items(view: StructMap) -> QGraphicsScene:
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QBrush, QPen
    from PySide6.QtWidgets import QGraphicsScene

    assert view.painted is not None
    scene = QGraphicsScene()
    nothing = QPen(Qt.PenStyle.NoPen)
    for (kind, shade), rects in view.painted.display.fills.items():
        brush = QBrush(view.style_now.ground(kind, shade))
        for rect in rects:
            scene.addRect(QRectF(rect), nothing, brush)
    return scene


def _scene_ms(scene: QGraphicsScene, image: QImage) -> float:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter

    taken = []
    whole = QRectF(0, 0, *SIZE)
    for _ in range(5):
        begun = time.perf_counter()
        with QPainter(image) as painter:
            scene.render(painter, whole, whole)
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)
