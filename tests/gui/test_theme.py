"""Colours are computed, not believed: contrast as WCAG 2 has it, and how they look to others."""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from gui.icons import ICON_FOLDER, application_icon, icon_names, pixmap
from gui.settings import Settings
from gui.theme import (
    CONTRAST,
    DARK,
    LIGHT,
    PATTERNS,
    SCALES,
    Metrics,
    Role,
    Theme,
    ThemeManager,
    contrast,
    luminance,
    mix,
    style_sheet,
)

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK, CONTRAST], ids=lambda theme: theme.name)
SUBSYSTEMS = {
    "allocator", "slab", "page_owner", "unwinder", "depot", "guard", "interrupt", "caller", "lock",
}  # fmt: skip

# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
VISIONS = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
                   (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
                     (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
                   (0.004733, 0.691367, 0.303900)),
    "usual": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
}  # fmt: skip


def all_roles(theme: Theme) -> list[Role]:
    return [*theme.roles.values(), theme.ok, theme.info, theme.warning, theme.danger]


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#FFFFFF", "#777777") == contrast("#777777", "#FFFFFF")
    assert luminance("#FF0000") == pytest.approx(0.2126)


def test_mix_stirs_a_share_in() -> None:
    assert mix("#FF0000", "#0000FF", 0) == "#0000FF"
    assert mix("#FF0000", "#0000FF", 1) == "#FF0000"
    assert mix("#FFFFFF", "#000000", 0.5) == "#808080"


@THEMES
def test_text_reaches_4_5(theme: Theme) -> None:
    for surface in (theme.window, theme.surface, theme.raised, theme.sunken):
        for ink in (theme.text, theme.muted, theme.accent_ink):
            assert contrast(ink, surface) >= 4.5, (ink, surface)
    assert contrast(theme.text, theme.hover) >= 4.5
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    assert contrast(theme.on_selection, theme.selection) >= 4.5
    assert contrast(theme.muted, theme.selection) >= 4.5
    assert contrast(theme.accent_ink, theme.accent_soft) >= 4.5
    assert contrast(theme.accent_ink, theme.selection) >= 4.5


@THEMES
def test_text_on_and_in_role_colours_reaches_4_5(theme: Theme) -> None:
    for role in all_roles(theme):
        assert contrast(role.on_colour, role.colour) >= 4.5, role
        assert contrast(theme.text, role.soft) >= 4.5, role
        for surface in (role.soft, theme.surface, theme.window):
            assert contrast(role.ink, surface) >= 4.5, role


@THEMES
def test_what_is_not_text_reaches_3(theme: Theme) -> None:
    for surface in (theme.window, theme.surface):
        for role in all_roles(theme):
            assert contrast(role.colour, surface) >= 3, role
        for edge in (theme.outline, theme.focus, theme.accent):
            assert contrast(edge, surface) >= 3, edge


@THEMES
def test_colour_is_never_the_only_sign(theme: Theme) -> None:
    assert set(theme.roles) == SUBSYSTEMS
    roles = list(theme.roles.values())
    assert len({role.glyph for role in roles}) == len(roles)
    assert len({role.pattern for role in roles}) == len(roles)
    assert {role.pattern for role in all_roles(theme)} <= set(PATTERNS)
    assert all(len(role.glyph) == 1 and role.label for role in all_roles(theme))


@THEMES
@pytest.mark.parametrize("vision", VISIONS)
def test_roles_stay_apart_for_every_eye(theme: Theme, vision: str) -> None:
    seen = {role.name: oklab(role.colour, vision) for role in theme.roles.values()}
    for (one, a), (other, b) in combinations(seen.items(), 2):
        assert math.dist(a, b) > 0.08, (one, other)


def oklab(colour: str, vision: str) -> tuple[float, ...]:
    channels = [QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF()]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    r, g, b = (
        min(1, max(0, sum(a * c for a, c in zip(row, linear, strict=True))))
        for row in VISIONS[vision]
    )
    cones = (
        0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b,
        0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b,
        0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b,
    )
    x, y, z = (max(0, cone) ** (1 / 3) for cone in cones)
    return (
        0.2104542553 * x + 0.7936177850 * y - 0.0040720468 * z,
        1.9779984951 * x - 2.4285922050 * y + 0.4505937099 * z,
        0.0259040371 * x + 0.7827717662 * y - 0.8086757660 * z,
    )


@THEMES
@pytest.mark.parametrize("vision", VISIONS)
def test_the_two_sides_of_a_comparison_stay_apart(theme: Theme, vision: str) -> None:
    one, other, grey = theme.only_a, theme.only_b, theme.muted
    for side in (one, other):
        assert all(contrast(side.colour, s) >= 3 for s in (theme.surface, theme.sunken))
        assert contrast(side.on_colour, side.colour) >= 4.5
        assert math.dist(oklab(side.colour, vision), oklab(grey, vision)) > 0.06
    assert math.dist(oklab(one.colour, vision), oklab(other.colour, vision)) > 0.12
    assert one.glyph != other.glyph


def test_an_unknown_subsystem_looks_like_a_base_frame() -> None:
    assert LIGHT.role("kasan") is LIGHT.role("caller")


def test_the_frame_grows_at_half_the_rate() -> None:
    metrics = Metrics(3.0)
    assert (metrics.px(10), metrics.chrome(10), metrics.frame().px(10)) == (30, 20, 20)
    assert Metrics(0.8).px(1) == 1
    assert metrics.ui("body").pixelSize() == 39
    assert metrics.mono("caption", bold=True).pixelSize() == 33


@THEMES
@pytest.mark.parametrize("scale", [SCALES[0], 1.0, SCALES[-1]])
def test_the_style_sheet_is_complete(theme: Theme, scale: float) -> None:
    sheet = style_sheet(theme, Metrics(scale))
    assert "$" not in sheet
    assert "cpx" not in sheet
    assert f"background: {theme.window}" in sheet
    assert "1px solid" in sheet


def test_the_style_sheet_names_only_images_that_exist() -> None:
    sheet = style_sheet(LIGHT, Metrics())
    named = {part.partition(")")[0] for part in sheet.split("controls:")[1:]}
    assert named
    assert all((ICON_FOLDER / "controls" / name).is_file() for name in named)


def test_icons_take_the_colour_and_are_crisp(qapp: QApplication) -> None:
    assert {"play", "pause", "step-in", "warning", "live"} <= set(icon_names())
    for name in icon_names():
        image = pixmap(name, "#FF0000", 24, 2.0).toImage()
        assert (image.width(), image.devicePixelRatio()) == (48, 2.0)
        colours = {
            image.pixelColor(x, y).name()
            for x in range(48)
            for y in range(48)
            if image.pixelColor(x, y).alpha() == 255
        }
        assert colours == {"#ff0000"}, name
    assert not application_icon().isNull()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "ownerscope.ini")


def test_choosing_a_theme_dresses_the_application(
    qtbot: QtBot, qapp: QApplication, settings: Settings
) -> None:
    themes = ThemeManager(settings)
    button = QPushButton("text")
    qtbot.addWidget(button)
    for choice, theme in (("dark", DARK), ("contrast", CONTRAST), ("light", LIGHT)):
        with qtbot.waitSignal(themes.changed):
            themes.choose(choice)
        assert (themes.theme, themes.choice) == (theme, choice)
        assert qapp.palette().window().color() == QColor(theme.window)
        assert theme.surface in qapp.styleSheet()
        assert button.palette().buttonText().color().isValid()
    assert Settings(settings_path(settings)).theme == "light"


def settings_path(settings: Settings) -> Path:
    settings.sync()
    return settings.path


def test_the_system_is_followed_only_when_asked(
    qapp: QApplication, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    themes = ThemeManager(settings)
    assert themes.choice == "system"
    hints = qapp.styleHints()
    monkeypatch.setattr(type(hints), "colorScheme", lambda _self: Qt.ColorScheme.Dark)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert themes.theme is DARK
    themes.choose("light")
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert themes.theme is LIGHT


def test_zoom_goes_by_steps_and_stops_at_the_ends(qapp: QApplication, settings: Settings) -> None:
    themes = ThemeManager(settings)
    themes.zoom(1)
    assert themes.metrics.scale == 1.1
    assert qapp.font().pixelSize() == 14
    themes.zoom(99)
    assert themes.metrics.scale == SCALES[-1]
    assert ThemeManager(Settings(settings_path(settings))).metrics.scale == SCALES[-1]
    themes.zoom(0)
    assert themes.metrics.scale == 1.0


def test_motion_can_be_turned_off(qapp: QApplication, settings: Settings) -> None:
    themes = ThemeManager(settings)
    assert themes.duration_ms(120) == 120
    themes.set_motion(False)
    assert themes.duration_ms(120) == 0
    assert not ThemeManager(Settings(settings_path(settings))).motion


def test_with_high_contrast_everything_that_is_read_reaches_seven_to_one() -> None:
    grounds = (CONTRAST.window, CONTRAST.surface, CONTRAST.raised, CONTRAST.sunken)
    for ground in grounds:
        for ink in (CONTRAST.text, CONTRAST.muted, CONTRAST.accent_ink, CONTRAST.focus):
            assert contrast(ink, ground) >= 7
    assert contrast(CONTRAST.on_accent, CONTRAST.accent) >= 7
    assert contrast(CONTRAST.on_selection, CONTRAST.selection) >= 7
