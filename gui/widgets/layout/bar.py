"""What is looked at and what is asked: kernel, struct, field, place and alignment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCompleter,
    QFileDialog,
    QFrame,
    QLineEdit,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from core.layout import library
from core.layout.named_place import PLACES
from gui.widgets.bar import fill_bar
from gui.widgets.controls import CONTROL_PX, Captioned, MenuButton, Segments
from gui.widgets.flow import FlowLayout
from gui.widgets.in_sight import InSight
from gui.widgets.keyboard import focus_home
from gui.widgets.warning_strip import WarningStrip, capitalised

if TYPE_CHECKING:
    from core.layout.analysis import Analysis
    from core.layout.model import KernelTypes
    from gui.layout_session import LayoutSession
    from gui.theme import ThemeManager

FIELDS = (
    ("uint", "uint", "unsigned int page_owner_depth: the first version of the patch"),
    ("bit1", "1 bit", "unsigned int in_page_owner:1: what was merged"),
    ("bit2", "2 bits", "unsigned int page_owner_depth:2: proposed in the review"),
    ("u8", "u8", "u8 page_owner_depth: a byte"),
    ("", "None", "Only the struct as it is"),
)

PLACE_TEXTS = {
    "": "As the patch had it",
    "v1": "v1: after kretprobe_instances",
    "upstream": "upstream: after in_memstall",
    "grpend": "grpend: before atomic_flags",
    "end": "end: before thread",
}
_MOST_CHARS = 40
_Value = TypeVar("_Value", str, int)

_FIELD_PX, _NARROW_FIELD_PX, _WIDE_PX = 150, 118, 960
"""Width of a text field, in a bar narrower than this too, at 100 %."""


def shortened(name: str) -> str:
    """Return a name that fits into the bar: begin and end tell kernels and members apart."""
    if len(name) <= _MOST_CHARS:
        return name
    half = _MOST_CHARS // 2
    return f"{name[:half]}…{name[-half + 1 :]}"


class LayoutBar(QFrame):
    """The controls above the map.

    Args:
        session: What is shown and changed.
        themes: The theme in force.
        choose_file: Asks for a kernel's file; None where the user thinks better of it.
    """

    def __init__(
        self,
        session: LayoutSession,
        themes: ThemeManager,
        choose_file: Callable[[], Path | None] | None = None,
    ) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self._choose_file = choose_file or self._ask_for_file
        self._completed: KernelTypes | None = None
        self.kernel = MenuButton("Kernel", themes, self._fill_kernels)
        self.struct = QLineEdit()
        self.field = Segments(FIELDS, themes, session.set_field)
        self.declaration = QLineEdit()
        self.place = MenuButton("Place", themes, self._fill_places)
        self.align = MenuButton("Alignment of the struct", themes, self._fill_alignments)
        self.warnings = WarningStrip(themes)
        self._parts = {
            "kernel": Captioned("Kernel", self.kernel, themes),
            "struct": Captioned("Struct", self.struct, themes),
            "field": Captioned("Field", self.field, themes),
            "declaration": Captioned("or in C", self.declaration, themes),
            "place": Captioned("Place", self.place, themes),
            "align": Captioned("Alignment", self.align, themes),
        }
        self._build()
        in_sight = InSight(self)
        in_sight.connect_to(session.layout_changed, self._show_layout)
        in_sight.connect_to(session.answer_changed, self._show)
        themes.changed.connect(self._dress)
        self._dress()
        self._show_layout()

    def _build(self) -> None:
        controls = QWidget()
        self._flow = FlowLayout(controls)
        for part in self._parts.values():
            self._flow.addWidget(part)
        # FlowLayout moves its last item to the right edge.
        self._flow.addWidget(QWidget())
        self._column = QVBoxLayout(self)
        self._column.addWidget(controls)
        self._column.addWidget(self.warnings)
        self.field.setAccessibleName("Field")
        self.struct.setAccessibleName("Struct")
        self.struct.setToolTip("Any struct or union of this kernel")
        self.struct.returnPressed.connect(self._take_struct)
        self.struct.editingFinished.connect(self._show_struct_name)
        self.struct.textEdited.connect(self._begin_completing)
        self.declaration.setAccessibleName("Field in C")
        self.declaration.setPlaceholderText("u64 x")
        self.declaration.setToolTip("TYPE NAME[:BITS], such as struct list_head node")
        self.declaration.returnPressed.connect(self._take_declaration)

    # -- asking the session ---------------------------------------------------------------

    def _take_struct(self) -> None:
        name = self.struct.text().strip().removeprefix("struct ").removeprefix("union ")
        if name and self._session.show_struct(name):
            focus_home(self.struct)
        self._show_struct_name()

    def _take_declaration(self) -> None:
        text = self.declaration.text().strip()
        if text and self._session.set_field(text):
            focus_home(self.declaration)

    # -- what is shown --------------------------------------------------------------------

    def _show_layout(self) -> None:
        analysis = self._session.analysis
        for part in self._parts.values():
            part.setEnabled(analysis is not None)
        self._parts["kernel"].setEnabled(True)
        if analysis is None:
            self.kernel.show_value("Open a kernel", "Bundled, this machine's, or from a file")
        else:
            self._show_analysis(analysis)
        self._show()

    def _show_analysis(self, analysis: Analysis) -> None:
        layout, assumed = analysis.layout, analysis.machine.assumed
        told = " (inferred)" if "arch" in assumed else ""
        self.kernel.show_value(
            shortened(layout.label),
            f"{layout.label}\n{layout.source}\n{layout.arch or 'unknown architecture'}{told}",
        )
        self._show_struct_name()
        if self._completed is not analysis.types:
            self._completed = analysis.types
            self.struct.setCompleter(None)  # type: ignore[arg-type]
        align = analysis.align
        sure = align.known or align.exact
        self.align.show_value(
            f"{align.best} bytes" if sure else f"{align.best} bytes, likely",
            "What the struct is aligned to"
            if sure
            else f"The source has lost it: between {align.min} and {align.max}",
        )
        self._parts["align"].show_changed(bool(self._session.question.align_bytes))

    def _show_struct_name(self) -> None:
        layout = self._session.layout
        self.struct.setText(layout.struct.name if layout is not None else "")

    def _begin_completing(self, _text: str) -> None:
        """Offer the kernel's structs once the user types: listing them walks all of its types."""
        analysis = self._session.analysis
        if analysis is None or self.struct.completer() is not None:
            return
        completer = QCompleter(sorted(analysis.types.struct_names()), self.struct)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(self._take_struct)
        self.struct.setCompleter(completer)

    def _show(self) -> None:
        session = self._session
        known = [value for value, _, _ in FIELDS]
        if session.field_text in known:
            self.field.show_value(session.field_text)
            if not self.declaration.hasFocus():
                self.declaration.clear()
        else:
            self.field.show_value("")
            self.declaration.setText(session.field_text)
        place = session.place
        text = PLACE_TEXTS.get(place, place)
        if not place and session.answer is not None:
            text = session.answer.field.place
        self.place.show_value(shortened(text), PLACE_TEXTS.get(text, text))
        self._parts["place"].show_changed(bool(place))
        self._parts["place"].setEnabled(bool(session.field_text) and session.analysis is not None)
        self.warnings.show_warnings((session.reason,) if session.reason else ())
        self.updateGeometry()

    # -- menus ----------------------------------------------------------------------------

    def _fill_kernels(self, menu: QMenu) -> None:
        here = library.THIS_MACHINE
        self._entry(menu, "This machine", here == self._session.opened, self._session.open, here)
        if not library.THIS_MACHINE_BTF.exists():
            menu.actions()[-1].setEnabled(False)
            menu.actions()[-1].setToolTip("The running kernel carries no BTF")
        menu.addSeparator()
        for name in library.bundled():
            text = library.find(name).label
            self._entry(menu, text, name == self._session.opened, self._session.open, name)
        menu.addSeparator()
        menu.addAction("From file…").triggered.connect(
            lambda: QTimer.singleShot(0, self, self._open_file)
        )

    def _fill_places(self, menu: QMenu) -> None:
        session = self._session
        for place in ("", *PLACES):
            entry = self._entry(
                menu, PLACE_TEXTS[place], place == session.place, session.set_place, place
            )
            reason = session.can_place(place)
            entry.setEnabled(not reason)
            entry.setToolTip(capitalised(reason) if reason else "")
        selected = session.selected
        if selected:
            menu.addSeparator()
            for way in ("after", "before"):
                place = f"{way}:{selected}"
                text = f"{way.capitalize()} {selected}"
                entry = self._entry(menu, text, place == session.place, session.set_place, place)
                entry.setEnabled(not session.can_place(place))

    def _fill_alignments(self, menu: QMenu) -> None:
        analysis = self._session.analysis
        if analysis is None:
            return
        given = self._session.question.align_bytes
        self._entry(menu, "As the layout tells", not given, self._align, 0)
        menu.addSeparator()
        size_bytes, align_bytes = analysis.layout.struct.size_bytes, 1
        while size_bytes % align_bytes == 0 and align_bytes <= 4096:
            if align_bytes >= analysis.align.min or given:
                text = f"{align_bytes} bytes"
                self._entry(menu, text, align_bytes == given, self._align, align_bytes)
            align_bytes *= 2

    def _align(self, align_bytes: int) -> None:
        self._session.say(align_bytes=align_bytes)

    def _entry(
        self,
        menu: QMenu,
        text: str,
        chosen: bool,
        obey: Callable[[_Value], object],
        value: _Value,
    ) -> QAction:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(chosen)
        # Later: the menu is still on the screen now, and the answer may be a message.
        action.triggered.connect(lambda: QTimer.singleShot(0, self, partial(obey, value)))
        return action

    def _open_file(self) -> None:
        path = self._choose_file()
        if path is not None:
            self._session.open(str(path))

    def _ask_for_file(self) -> Path | None:
        kinds = "Kernels (vmlinu* *.btf *.json *.txt *.zst *.xz *.gz *.ko *.o);;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self, "Open a kernel", "", kinds)
        return Path(name) if name else None

    # -- look -----------------------------------------------------------------------------

    def _dress(self) -> None:
        metrics = self._themes.metrics.frame()
        px = metrics.px
        self._column.setContentsMargins(px(14), px(8), px(14), px(8))
        self._column.setSpacing(px(8))
        self._flow.gaps = px(10), px(8)
        for field in (self.struct, self.declaration):
            field.setFont(metrics.mono())
            field.setStyleSheet("QLineEdit { padding-top: 0; padding-bottom: 0; min-height: 0; }")
            field.setFixedHeight(px(CONTROL_PX))
        self._fit()
        for part in self._parts.values():
            part.dress()
        self.warnings.dress()
        self.updateGeometry()
        self.update()

    def _fit(self) -> None:
        """Make the text fields narrower rather than the bar higher."""
        px = self._themes.metrics.frame().px
        wide = px(_FIELD_PX if self.width() >= px(_WIDE_PX) else _NARROW_FIELD_PX)
        for field in (self.struct, self.declaration):
            if field.width() != wide or field.minimumWidth() != wide:
                field.setFixedWidth(wide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the bar, with a hairline below."""
        fill_bar(self, self._themes.theme)
