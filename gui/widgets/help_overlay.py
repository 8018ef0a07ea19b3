"""The key help: every key in force, and where the user changes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.theme import ThemeManager
from gui.widgets.help_gestures import GESTURES, GestureRow
from gui.widgets.help_rows import FamilyRow, KeyRow
from gui.widgets.help_sections import Beside, Section, sections
from gui.widgets.overlay import Overlay

if TYPE_CHECKING:
    from gui.actions import ActionRegistry

_HINT = "Click a key to change it. Delete takes it away, Insert adds another."


class HelpOverlay(Overlay):
    """All commands by group with their keys; a key that is clicked can be changed.

    Args:
        host: The window to lie over.
        themes: The theme in force.
        registry: Where the commands are.
        beside: Commands that are looked for beside others.
    """

    def __init__(
        self,
        host: QWidget,
        themes: ThemeManager,
        registry: ActionRegistry,
        beside: Sequence[Beside] = (),
    ) -> None:
        super().__init__(host, themes, 900, 640)
        self._registry, self._beside = registry, beside
        self.rows: dict[str, KeyRow] = {}
        self._sections: list[tuple[QLabel, list[KeyRow | GestureRow]]] = []
        self._families: list[FamilyRow] = []
        self.field = QLineEdit(placeholderText="Search commands and keys")
        self.field.setAccessibleName("Search commands and keys")
        self.field.textChanged.connect(self._filter)
        title = QLabel("Keys")
        title.setObjectName("cardTitle")
        self.problem = QLabel(_HINT)
        self._reset = QPushButton("Reset all keys")
        self._reset.clicked.connect(registry.reset_all_keys)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._head, self._foot = QHBoxLayout(), QHBoxLayout()
        self._head.addWidget(title)
        self._head.addStretch(1)
        self._head.addWidget(self.field)
        self._foot.addWidget(self.problem, 1)
        self._foot.addWidget(self._reset)
        self.column.addLayout(self._head)
        self.column.addWidget(self._scroll, 1)
        self.column.addLayout(self._foot)
        registry.keys_changed.connect(self._keys_changed)

    def open(self) -> None:
        """Show the keys in force now."""
        self.field.clear()
        super().open()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def dress(self) -> None:
        """Take on the theme and the scale in force, and the keys."""
        self._fill()
        self._filter(self.field.text())
        self._say("")

    def tab_stops(self) -> list[QWidget]:
        """Return the field, the keys row by row, and the button."""
        rows = [stop for row in self.rows.values() for stop in row.tab_stops()]
        return [self.field, *self._families, *rows, self._reset]

    def _fill(self) -> None:
        px = self.themes.metrics.px
        self.column.setContentsMargins(px(20), px(16), px(20), px(14))
        self.column.setSpacing(px(12))
        self.field.setFixedWidth(px(280))
        self.rows, self._sections, self._families = {}, [], []
        content = QWidget()
        columns = QHBoxLayout(content)
        columns.setContentsMargins(0, 0, px(12), 0)
        columns.setSpacing(px(40))
        listed = sections(self._registry.groups(), self._registry.context, self._beside)
        tall = sum(len(section.commands) + 2 for section in listed) + len(GESTURES) + 2
        done = 0
        sides = QVBoxLayout(), QVBoxLayout()
        for section in listed:
            side = sides[0 if done < tall * 0.4 else 1]
            self._add_section(side, section)
            done += len(section.commands) + 2
            if section.group == "Timeline" and section.commands[-1].contexts == ("timeline",):
                self._add_gestures(side, section)
                done += len(GESTURES) + 2
        for side in sides:
            side.setSpacing(px(1))
            side.addStretch(1)
            columns.addLayout(side, 1)
        self._scroll.setWidget(content)
        content.setAutoFillBackground(False)
        self._scroll.viewport().setAutoFillBackground(False)
        self._reset.setEnabled(any(map(self._registry.has_own_keys, self.rows)))

    def _add_title(self, side: QVBoxLayout, text: str) -> QLabel:
        px = self.themes.metrics.px
        title = QLabel(text, wordWrap=True)
        title.setObjectName("sectionTitle")
        title.setContentsMargins(0, 0 if not side.count() else px(16), 0, px(2))
        side.addWidget(title)
        return title

    def _add_gestures(self, side: QVBoxLayout, section: Section) -> None:
        """List what mouse and arrows do on the timeline; nobody changes these."""
        where = section.title.partition(" · ")[2]
        title = "TIMELINE, MOUSE AND ARROWS" + (f" · {where}" if where else "")
        gestures: list[KeyRow | GestureRow] = [
            GestureRow(self.themes, *gesture) for gesture in GESTURES
        ]
        self._sections.append((self._add_title(side, title), gestures))
        for row in gestures:
            side.addWidget(row)

    def _add_section(self, side: QVBoxLayout, section: Section) -> None:
        title = self._add_title(side, section.title)
        rows: list[KeyRow | GestureRow] = []
        families: dict[str, list[KeyRow]] = {}
        for command in section.commands:
            row = self.rows[command.id] = KeyRow(self.themes, self._registry, command)
            row.failed.connect(self._say)
            rows.append(row)
            side.addWidget(row)
            if command.family:
                families.setdefault(command.family, []).append(row)
        for members in families.values():
            if not any(self._registry.has_own_keys(row.command.id) for row in members):
                family = FamilyRow(self.themes, self._registry, members)
                side.insertWidget(side.indexOf(members[0]), family)
                self._families.append(family)
        self._sections.append((title, rows))

    def _filter(self, wanted: str) -> None:
        for title, rows in self._sections:
            for row in rows:
                row.setVisible(row.matches(wanted))
            title.setVisible(any(row.matches(wanted) for row in rows))
        for family in self._families:
            family.setVisible(not wanted)
            for row in family.rows:
                row.setVisible(bool(wanted) and row.matches(wanted))

    def _say(self, problem: str) -> None:
        self.problem.setText(f"{problem[:1].upper()}{problem[1:]}." if problem else _HINT)
        self.problem.setObjectName("problem" if problem else "hint")
        self.problem.style().polish(self.problem)

    def _keys_changed(self, command_id: str) -> None:
        for row in [self.rows[command_id]] if command_id in self.rows else self.rows.values():
            row.refill()
        self._reset.setEnabled(any(map(self._registry.has_own_keys, self.rows)))
        self._say("")
