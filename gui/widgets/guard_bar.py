"""What if: the guard, its depth, the kernel and the layout, always at hand above the stack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import ProfileError
from core.guards.catalog import DESIGNS
from core.kernel.profile import arches, kernels, load_profile
from core.layout import library
from core.scenario.loader import fill
from gui.icons import icon, pixmap
from gui.widgets.parameter_form import TYPING_MS, NumberField
from gui.widgets.progress import ResultChip

if TYPE_CHECKING:
    from core.scenario.run import Plan
    from core.scenario.schema import Scenario
    from gui.session import Session
    from gui.theme import ThemeManager

GUARDS = {"none": "None", "scan": "Scan", "uint": "uint", "bit1": "1 bit", "bit2": "2 bits"}
"""The designs as a segment says them; their tips come from ``core.guards.catalog``."""
COUNTING = ("uint", "bit1", "bit2")
"""The designs that have a maximum depth."""
DEEPEST = 1_000_000
"""The largest maximum depth a scenario may ask for."""

_CONTROL_PX, _RADIUS_PX, _CAPTION_PX = 30, 7, 17
_BORROWED = " (borrowed)"


def flow_rows(widths: Sequence[int], room: int, gap: int) -> list[list[int]]:
    """Return which items stand in which row, in order, as many to a row as fit; none is dropped."""
    rows: list[list[int]] = []
    used = room + 1
    for at, width in enumerate(widths):
        if used + gap + width > room:
            rows.append([])
            used = -gap
        rows[-1].append(at)
        used += gap + width
    return rows


class _Segment(QToolButton):
    """One choice of a segmented control; the arrows go to its neighbours."""

    def __init__(self, text: str, tip: str, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(f"{text}: {tip}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        """Return room for the text as it is when chosen."""
        metrics = self._themes.metrics.frame()
        strong = QFontMetrics(metrics.ui(bold=True))
        return QSize(
            strong.horizontalAdvance(self.text()) + metrics.px(22), metrics.px(_CONTROL_PX)
        )

    def event(self, event: QEvent) -> bool:
        """Keep the arrows from the commands that move the cursor."""
        asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asked and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the neighbour."""
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
            return
        buttons = self.group().buttons()
        at = buttons.index(self) + way
        if 0 <= at < len(buttons):
            buttons[at].setFocus(Qt.FocusReason.TabFocusReason)
            buttons[at].click()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the text, on a filled block where it is chosen."""
        theme, metrics = self._themes.theme, self._themes.metrics.frame()
        inside = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        radius = metrics.px(_RADIUS_PX - 2)
        back = theme.accent if self.isChecked() else theme.hover if self.underMouse() else ""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            if back and self.isEnabled():
                painter.setBrush(QColor(back))
                painter.drawRoundedRect(inside, radius, radius)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                ring = theme.on_accent if self.isChecked() else theme.focus
                painter.setPen(QPen(QColor(ring), metrics.px(2)))
                painter.drawRoundedRect(inside.adjusted(2, 2, -2, -2), radius, radius)
            text = theme.on_accent if self.isChecked() else theme.text
            painter.setPen(QColor(text if self.isEnabled() else theme.disabled))
            painter.setFont(metrics.ui(bold=self.isChecked()))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class Segments(QFrame):
    """A choice among few, all of them in sight.

    Args:
        options: Value, text and tip of each.
        themes: The theme in force.
        chosen: Called with the value the user chose.
    """

    def __init__(
        self,
        options: Iterable[tuple[str, str, str]],
        themes: ThemeManager,
        chosen: Callable[[str], object],
    ) -> None:
        super().__init__()
        self._themes = themes
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for value, text, tip in options:
            button = _Segment(text, tip, themes)
            button.clicked.connect(partial(chosen, value))
            self._group.addButton(button)
            self.buttons[value] = button
            row.addWidget(button)

    def show_value(self, value: str) -> None:
        """Show what is chosen."""
        self.buttons[value].setChecked(True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the well the segments lie in."""
        theme, radius = self._themes.theme, self._themes.metrics.chrome(_RADIUS_PX)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.outline), 1))
            painter.setBrush(QColor(theme.surface))
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius
            )


class MenuButton(QToolButton):
    """A value, and a menu of the others.

    Args:
        name: What it is the value of.
        themes: The theme in force.
        fill: Fills the menu when it is about to show.
    """

    def __init__(self, name: str, themes: ThemeManager, fill: Callable[[QMenu], object]) -> None:
        super().__init__()
        self._name, self._themes = name, themes
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(menu.clear)
        menu.aboutToShow.connect(lambda: fill(menu))
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_value(self, text: str, tip: str) -> None:
        """Show a value."""
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(f"{self._name}: {text}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the text and the chevron."""
        metrics = self._themes.metrics.frame()
        wide = QFontMetrics(metrics.ui()).horizontalAdvance(self.text())
        return QSize(wide + metrics.px(40), metrics.px(_CONTROL_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the value in a field, with a chevron."""
        theme, metrics = self._themes.theme, self._themes.metrics.frame()
        px, on = metrics.px, self.isEnabled()
        thick = px(2) if self.hasFocus() else 1
        field = QRectF(self.rect()).adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            edge = theme.focus if self.hasFocus() else theme.outline if on else theme.border
            painter.setPen(QPen(QColor(edge), thick))
            painter.setBrush(QColor(theme.hover if on and self.underMouse() else theme.surface))
            painter.drawRoundedRect(field, px(_RADIUS_PX), px(_RADIUS_PX))
            painter.setFont(metrics.ui())
            painter.setPen(QColor(theme.text if on else theme.disabled))
            inside = self.rect().adjusted(px(11), 0, -px(28), 0)
            painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter), self.text())
            painter.setPen(QPen(QColor(theme.muted if on else theme.disabled), px(1.5)))
            x, y = self.width() - px(17), self.height() / 2 - px(2)
            half = px(4)
            painter.drawPolyline([QPointF(x - half, y), QPointF(x, y + half), QPointF(x + half, y)])


class _Captioned(QWidget):
    """A control under its caption; a dot says that it is not as the scenario has it."""

    def __init__(self, caption: str, control: QWidget, themes: ThemeManager) -> None:
        super().__init__()
        self._caption, self._themes, self._changed = caption, themes, False
        self.control = control
        self._column = QVBoxLayout(self)
        self._column.addWidget(control)
        self.dress()

    def show_changed(self, changed: bool) -> None:
        """Say whether the control differs from the scenario."""
        self._changed = changed
        note = "Changed: not as the scenario has it" if changed else ""
        self.control.setAccessibleDescription(note)
        self.update()

    def dress(self) -> None:
        """Take on the scale in force."""
        metrics = self._themes.metrics.frame()
        self._column.setContentsMargins(0, metrics.px(_CAPTION_PX), 0, 0)
        widest = QFontMetrics(metrics.ui("caption", bold=True))
        self.setMinimumWidth(widest.horizontalAdvance(f"{self._caption} •") + metrics.px(2))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the caption, and the dot before it."""
        theme, metrics = self._themes.theme, self._themes.metrics.frame()
        px, left = metrics.px, metrics.px(1)
        line = QRect(left, 0, self.width() - left, px(15))
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(theme.accent_ink if self._changed else theme.muted))
            painter.setFont(metrics.ui("caption", bold=self._changed))
            text = f"{self._caption} •" if self._changed else self._caption
            painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), text)


class _Flow(QLayout):
    """Items in rows, as many to a row as fit; the last one stands at the right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.gaps = 12, 8
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 - Qt's name
        """Take an item at the end."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many items there are."""
        return len(self._items)

    def itemAt(self, at: int) -> QLayoutItem | None:  # noqa: N802
        """Return an item."""
        return self._items[at] if 0 <= at < len(self._items) else None

    def takeAt(self, at: int) -> QLayoutItem | None:  # noqa: N802
        """Give an item away."""
        return self._items.pop(at) if 0 <= at < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        """Say that a narrow bar is taller."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all rows."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        """Return room for one row."""
        sizes = [item.sizeHint() for item in self._shown()]
        wide = sum(size.width() for size in sizes) + self.gaps[0] * (len(sizes) - 1)
        return QSize(wide, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:  # noqa: N802 - Qt's name
        """Return room for the widest item."""
        sizes = [item.sizeHint() for item in self._shown()]
        wide = max((size.width() for size in sizes), default=0)
        return QSize(wide, max((size.height() for size in sizes), default=0))

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802 - Qt's name
        """Place the items."""
        super().setGeometry(rect)
        self._place(rect, move=True)

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _place(self, rect: QRect, *, move: bool) -> int:
        items, (across, down) = self._shown(), self.gaps
        top = rect.top()
        for row in flow_rows([item.sizeHint().width() for item in items], rect.width(), across):
            left = rect.left()
            tall = max(items[at].sizeHint().height() for at in row)
            for at in row:
                size = items[at].sizeHint()
                if at == len(items) - 1:
                    left = max(left, rect.right() + 1 - size.width())
                if move:
                    items[at].setGeometry(QRect(QPoint(left, top), QSize(size.width(), tall)))
                left += size.width() + across
            top += tall + down
        return top - down - rect.top() if items else 0


class _Warnings(QFrame):
    """What one should know before the run, in full."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignTop)
        self.text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._icon)
        self._row.addWidget(self.text, 1)

    def show_warnings(self, warnings: Sequence[str]) -> None:
        """Show these sentences, or nothing."""
        self.text.setText("\n".join(f"{each[:1].upper()}{each[1:]}." for each in warnings))
        self.setAccessibleName(f"Warning: {self.text.text()}")
        self.setVisible(bool(warnings))

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        metrics, role = self._themes.metrics.frame(), self._themes.theme.warning
        px = metrics.px
        self._row.setContentsMargins(px(10), px(5), px(10), px(5))
        self._row.setSpacing(px(8))
        self._icon.setPixmap(pixmap("warning", role.ink, px(18), self.devicePixelRatioF()))
        self.text.setFont(metrics.ui())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Tint the strip."""
        role, radius = self._themes.theme.warning, self._themes.metrics.chrome(_RADIUS_PX)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(role.colour), 1))
            painter.setBrush(QColor(role.soft))
            inside = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(inside, radius, radius)


class GuardBar(QFrame):
    """The controls that change what the scenario says, and what came of it.

    Every control shows what the plan in force has, wherever that comes from.

    Args:
        session: Whose plan is shown and overridden.
        themes: The theme in force.
        parent: The Qt parent.
        choose_file: Asks for a layout's file; None where the user thinks better of it.
        typing_ms: How long typing a depth must have stopped before it counts.
    """

    def __init__(
        self,
        session: Session,
        themes: ThemeManager,
        parent: QWidget | None = None,
        choose_file: Callable[[], Path | None] | None = None,
        typing_ms: int = TYPING_MS,
    ) -> None:
        super().__init__(parent)
        self._session, self._themes = session, themes
        self._choose_file = choose_file or self._ask_for_file
        self._depth_wrong, self._depth_style = False, ""
        tips = [
            (design, GUARDS[design], tip[:1].upper() + tip[1:]) for design, tip in DESIGNS.items()
        ]
        self.guard = Segments(tips, themes, partial(self._set, "guard"))
        self.max_depth = NumberField(1, DEEPEST)
        self.arch = MenuButton("Architecture", themes, self._fill_arches)
        self.kernel = MenuButton("Kernel version", themes, self._fill_kernels)
        self.layout_button = MenuButton("Layout of task_struct", themes, self._fill_layouts)
        self.reset_button = QToolButton()
        self.reset_button.setText("Reset to scenario")
        self.result = ResultChip(session, themes)
        self.warnings = _Warnings(themes)
        self._parts = {
            "guard": _Captioned("Guard", self.guard, themes),
            "max_depth": _Captioned("Maximum depth", self.max_depth, themes),
            "kernel": _Captioned("Kernel", self.kernel, themes),
            "arch": _Captioned("Architecture", self.arch, themes),
            "layout": _Captioned("Layout", self.layout_button, themes),
            "": _Captioned("", self.reset_button, themes),
        }
        self._typing = QTimer(self, singleShot=True, interval=typing_ms)
        self._typing.timeout.connect(self._set_depth)
        self._build()
        session.source_changed.connect(self._show)
        themes.changed.connect(self._dress)
        self._dress()
        self._show()

    def _build(self) -> None:
        controls = QWidget()
        self._flow = _Flow(controls)
        for part in (*self._parts.values(), self.result):
            self._flow.addWidget(part)
        self._column = QVBoxLayout(self)
        self._column.addWidget(controls)
        self._column.addWidget(self.warnings)
        self.guard.setAccessibleName("Guard")
        self.max_depth.setAccessibleName("Maximum depth")
        self.max_depth.edited.connect(self._typing.start)
        self.max_depth.editingFinished.connect(self._depth_done)
        self.reset_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.reset_button.setToolTip("Take back every change made here")
        self.reset_button.clicked.connect(self.reset)

    # -- asking the session ---------------------------------------------------------------

    def _own(self) -> Scenario:
        """Return the scenario as its file and parameters have it, without what is set here."""
        assert self._session.source is not None
        return fill(self._session.source, self._session.settings)

    def _set(self, name: str, value: str | int | None, *_checked: bool) -> None:
        """Override one thing; its own value again is no override."""
        own = self._own()
        theirs: dict[str, str | int] = {
            "guard": own.guard.design, "max_depth": own.guard.max_depth,
            "kernel": own.kernel.version, "arch": own.kernel.arch, "layout": own.kernel.layout,
        }  # fmt: skip
        wanted = None if value == theirs[name] else value
        if wanted != getattr(self._session.overrides, name):
            self._session.override(**{name: wanted})

    def reset(self) -> None:
        """Go back to what the scenario says."""
        self._typing.stop()
        self._session.override(guard=None, max_depth=None, arch=None, kernel=None, layout=None)

    def _set_depth(self) -> None:
        value = self.max_depth.value()
        wrong = isinstance(value, str) or value > DEEPEST
        self._show_depth_problem(wrong)
        if not wrong:
            self._set("max_depth", value)

    def _depth_done(self) -> None:
        if self._typing.isActive():
            self._typing.stop()
            self._set_depth()
        elif self._depth_wrong:
            self._show()

    def _show_depth_problem(self, wrong: bool) -> None:
        self._depth_wrong = wrong
        danger = self._themes.theme.danger.colour
        self.max_depth.setStyleSheet(
            self._depth_style + (f"NumberField {{ border: 2px solid {danger}; }}" if wrong else "")
        )
        advice = f"Expected a whole number from 1 to {DEEPEST:,}"
        self.max_depth.setToolTip(advice if wrong else self._depth_tip())

    # -- what is shown --------------------------------------------------------------------

    def _show(self) -> None:
        plan = self._session.plan
        for part in self._parts.values():
            part.setEnabled(plan is not None)
        self.warnings.show_warnings(plan.warnings if plan is not None else ())
        if plan is not None:
            self._show_plan(plan)
        overrides = self._session.overrides
        changed = [name for name in self._parts if name and getattr(overrides, name) is not None]
        for name, part in self._parts.items():
            part.show_changed(name in changed)
        self._parts[""].setVisible(bool(changed))
        self.updateGeometry()

    def _show_plan(self, plan: Plan) -> None:
        design, kernel = plan.scenario.guard.design, plan.scenario.kernel
        self.guard.show_value(design)
        self.max_depth.setEnabled(design in COUNTING)
        if not self._typing.isActive():
            self.max_depth.show_value(plan.scenario.guard.max_depth)
            self._show_depth_problem(wrong=False)
        self.kernel.show_value(kernel.version, f"Modelled on {plan.profile.tree}")
        self.arch.show_value(kernel.arch, f"{plan.profile.thread_bytes:,} bytes of stack")
        layout = plan.layout
        tip = f"task_struct has {layout.task_struct.size_bytes:,} bytes here"
        if layout.borrowed_for:
            tip += f"\nBorrowed: there is no layout of {layout.borrowed_for}"
        self.layout_button.show_value(
            layout.label + (_BORROWED if layout.borrowed_for else ""), tip
        )

    def _depth_tip(self) -> str:
        plan = self._session.plan
        if plan is not None and plan.scenario.guard.design not in COUNTING:
            return "Only a guard that counts has a maximum depth"
        return "How many saves of a task may be under way at once"

    # -- menus ----------------------------------------------------------------------------

    def _entry(self, menu: QMenu, name: str, value: str | None, text: str, chosen: bool) -> QAction:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(chosen)
        # Later: the menu is still on the screen now, and the answer may be a message.
        action.triggered.connect(
            lambda: QTimer.singleShot(0, self, partial(self._set, name, value))
        )
        return action

    def _fill_kernels(self, menu: QMenu) -> None:
        plan = self._session.plan
        for version in kernels():
            here = plan is not None and plan.scenario.kernel.version == version
            self._entry(menu, "kernel", version, version, here)

    def _fill_arches(self, menu: QMenu) -> None:
        plan = self._session.plan
        if plan is None:
            return
        kernel = plan.scenario.kernel
        for arch in dict.fromkeys(arch for version in kernels() for arch in arches(version)):
            action = self._entry(menu, "arch", arch, arch, arch == kernel.arch)
            try:
                load_profile(kernel.version, arch)
            except ProfileError as error:
                action.setEnabled(False)
                named = error.problem.startswith(arch)
                action.setText(error.problem if named else f"{arch}: {error.problem}")
                action.setToolTip(error.problem)

    def _fill_layouts(self, menu: QMenu) -> None:
        plan = self._session.plan
        if plan is None:
            return
        own, now = self._own().kernel.layout, plan.scenario.kernel.layout
        text = "As the scenario has it" if own else "The kernel's own, or a borrowed one"
        self._entry(menu, "layout", own, text, now == own)
        menu.addSeparator()
        for name in library.bundled():
            self._entry(menu, "layout", name, library.find(name).label, now == name)
        menu.addSeparator()
        here = library.THIS_MACHINE
        action = self._entry(menu, "layout", here, "This machine", now == here)
        if not library.THIS_MACHINE_BTF.exists():
            action.setEnabled(False)
            action.setToolTip("The running kernel carries no BTF")
        menu.addAction("From file…").triggered.connect(self._layout_file)

    def _layout_file(self) -> None:
        path = self._choose_file()
        if path is not None:
            self._set("layout", str(path))

    def _ask_for_file(self) -> Path | None:
        kinds = "Layouts (*.json *.btf *.zst vmlinux);;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self, "Open a layout", "", kinds)
        return Path(name) if name else None

    # -- look -----------------------------------------------------------------------------

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics.frame()
        px, ratio = metrics.px, self.devicePixelRatioF()
        self._column.setContentsMargins(px(14), px(8), px(14), px(8))
        self._column.setSpacing(px(8))
        self._flow.gaps = px(12), px(8)
        self.max_depth.setFont(metrics.ui())
        self._depth_style = "NumberField { padding-top: 0; padding-bottom: 0; min-height: 0; }"
        self.max_depth.setStyleSheet(self._depth_style)
        self.max_depth.setMinimumWidth(px(84))
        self.max_depth.setFixedHeight(px(_CONTROL_PX))
        self.reset_button.setFont(metrics.ui())
        self.reset_button.setIcon(icon("undo", theme, px(18), ratio=ratio))
        self.reset_button.setIconSize(QSize(1, 1) * px(18))
        self.reset_button.setFixedHeight(px(_CONTROL_PX))
        for part in self._parts.values():
            part.dress()
        self.warnings.dress()
        self.result.dress()
        self.updateGeometry()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the bar, with a hairline below."""
        theme = self._themes.theme
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.window))
            painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(theme.border))
