"""Laws of where things lie on a picture."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSize
from pytest import approx

from gui.presenter.geometry import circle, dimmed, fitted, magnified, to_point, to_share

SHARE = st.floats(0, 1)
SIZE = st.integers(10, 4000)


@given(SHARE, SHARE, SIZE, SIZE)
def test_a_share_comes_back_from_pixels(x: float, y: float, width: int, height: int) -> None:
    area = QRectF(17, 5, width, height)
    back = to_share(to_point(QPointF(x, y), area), area)
    assert back.x() == approx(x, abs=1e-6)
    assert back.y() == approx(y, abs=1e-6)


@given(st.integers(-9000, 9000), st.integers(-9000, 9000))
def test_shares_stay_on_the_picture(x: int, y: int) -> None:
    share = to_share(QPointF(x, y), QRectF(0, 0, 640, 360))
    assert 0 <= share.x() <= 1
    assert 0 <= share.y() <= 1


INSIDE = st.floats(0.01, 0.99)


@given(INSIDE, INSIDE, st.floats(0.02, 0.4))
def test_the_light_is_round_and_only_there(x: float, y: float, radius: float) -> None:
    area = QRectF(0, 0, 1920, 1080)
    light = circle(QPointF(x, y), radius, area)
    assert light.width() == approx(light.height())
    assert light.width() == approx(2 * radius * 1080)
    shade = dimmed(area, light)
    assert not shade.contains(light.center())
    for corner in (area.topLeft(), area.bottomRight()):
        away = QPointF(abs(corner.x() - 1), abs(corner.y() - 1))
        distance = (away - light.center()).manhattanLength()
        if area.contains(away) and distance > 3 * light.width():
            assert shade.contains(away)


@given(SHARE, SHARE, st.sampled_from((2.0, 2.5, 3.0, 4.0)))
def test_a_lens_enlarges_its_own_middle(x: float, y: float, factor: float) -> None:
    lens = circle(QPointF(x, y), 0.2, QRectF(0, 0, 1280, 800))
    source = magnified(lens, factor)
    assert source.center() == lens.center()
    assert source.width() * factor == approx(lens.width())


@given(SIZE, SIZE, SIZE, SIZE)
def test_a_picture_keeps_its_shape_and_fits(a: int, b: int, width: int, height: int) -> None:
    area = QRectF(3, 4, width, height)
    where = fitted(QSize(a, b), area)
    assert where.width() <= area.width() + 1e-6
    assert where.height() <= area.height() + 1e-6
    assert where.center().x() == approx(area.center().x())
    assert where.width() * b == approx(where.height() * a, rel=1e-6)


def test_no_picture_takes_the_whole_area() -> None:
    assert fitted(QSize(), QRectF(0, 0, 50, 40)) == QRectF(0, 0, 50, 40)
