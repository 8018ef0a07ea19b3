"""What is special about a recording: its special records, recursions, findings and bad lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.widgets.arrange import scrolled
from gui.widgets.lazy_panel import LazyPanel

if TYPE_CHECKING:
    from core.recording.opening import Recording
    from core.trace.trace import Trace
    from gui.recording_session import RecordingSession
    from gui.theme import Role, Theme, ThemeManager

_MOST_RECURSIONS = 8


class Note(NamedTuple):
    """One thing to know.

    Attributes:
        kind: The role of its edge: info, warning or danger.
        title: A few words.
        text: Sentences.
        button: What a button below says; empty for none.
        target: What the button is about: ``filter TEXT`` or ``event POSITION``.
    """

    kind: str
    title: str
    text: str
    button: str = ""
    target: str = ""


def notes_of(recording: Recording) -> Iterator[Note]:
    """Yield what is special about a recording, what matters most first."""
    reading = recording.reading
    if reading.bad_lines or reading.bad_records:
        yield _bad(recording)
    if reading.truncated_records:
        yield Note(
            "warning",
            "Records that were cut",
            f"{reading.truncated_records:,} records end in the middle; they are kept as far as "
            "they go.",
        )
    if recording.trace is not None:
        yield from _of_trace(recording.trace)
    if recording.profile is not None:
        from core.recording.questions.special import special_records

        told = set()
        for special in special_records(recording.profile):
            told.add(special.title)
            yield Note(
                "info", special.title, special.sentence, "Show only these",
                f"filter special = {special.handle.kind}",
            )  # fmt: skip
        for title, sentence in recording.profile.info.findings:
            if title not in told:
                yield Note("info", title, sentence)
    for sentence in reading.notes:
        yield Note("info", "About the file", sentence)


def _bad(recording: Recording) -> Note:
    reading = recording.reading
    lines = f"{reading.bad_lines:,} line{'s' * (reading.bad_lines != 1)} made no sense"
    lost = f" and {reading.bad_records:,} records were left out" if reading.bad_records else ""
    first = f" The first is {reading.first_bad}" if reading.first_bad else ""
    return Note("warning", "Bad lines", f"{lines}{lost}; the rest is kept.{first}")


def _of_trace(trace: Trace) -> Iterator[Note]:
    from core.recording.questions.recursion import recursions

    told = trace.info.recording
    if told is not None:
        yield _hits(trace)
    found = recursions(trace)
    for each in found[:_MOST_RECURSIONS]:
        times = "once" if each.calls == 1 else f"{each.calls:,} times"
        yield Note(
            "warning", f"{each.function} calls itself",
            f"It was called {times} while it was on the stack already, at the deepest "
            f"{each.deepest} of it at once.",
            "Show the first on the timeline", f"event {each.position}",
        )  # fmt: skip
    if len(found) > _MOST_RECURSIONS:
        more = len(found) - _MOST_RECURSIONS
        yield Note("info", "More recursions", f"{more:,} more functions are on their own stack.")
    if told is not None:
        for sentence in (*trace.info.inferred, *told.notes):
            yield Note("info", "About the recording", sentence)


def _hits(trace: Trace) -> Note:
    told = trace.info.recording
    assert told is not None
    if told.guard_hits is None:
        text = (
            "Its filters or its depth limit may hide what a save calls, so nobody can tell which "
            "saves the guard turned away."
        )
        return Note("info", "Guard hits: unknown", text)
    if not told.guard_hits:
        text = "No save allocates in a way that its guard would have turned away."
        return Note("info", "No guard hits", text)
    text = (
        f"The guard turned {told.guard_hits:,} nested save{'s' * (told.guard_hits != 1)} away, "
        "told by their structure alone: a save inside of a save that calls nothing."
    )
    if told.hit_comments:
        text += f" The kernel's own comments report {told.hit_comments:,}"
        if told.comments_apart:
            text += f", {told.comments_apart:,} of them for saves whose outer part was not recorded"
        text += "."
    first = trace.short_circuits[:1].tolist()
    button = "Show the first on the timeline" if first else ""
    target = f"event {first[0]}" if first else ""
    return Note(
        "danger",
        f"{told.guard_hits:,} guard hit{'s' * (told.guard_hits != 1)}",
        text,
        button,
        target,
    )


class NotesPanel(LazyPanel):
    """Cards with what is special, told when they are first looked at.

    Args:
        session: What is open.
        themes: The theme in force.
    """

    event_wanted = Signal(int)
    """The user wants to see an event of the trace (its position)."""

    def __init__(self, session: RecordingSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.notes: list[Note] = []
        self.cards: list[_Card] = []
        inside = QWidget()
        self._cards = QVBoxLayout(inside)
        self._column = QVBoxLayout(self)
        self._column.addWidget(scrolled(inside, "What is special"))
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setAccessibleName("What is special")
        session.recording_changed.connect(self.renew)
        themes.changed.connect(self._dress)

    def take(self) -> None:
        """Show what is new."""
        recording = self._session.recording
        self.notes = list(notes_of(recording)) if recording is not None else []
        if recording is not None and not self.notes:
            self.notes = [Note("ok", "Nothing special", "Every line was understood.")]
        while self._cards.count():
            item = self._cards.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.cards = [_Card(note, self._themes, self._obey) for note in self.notes]
        for card in self.cards:
            self._cards.addWidget(card)
        self._cards.addStretch(1)
        self._dress()

    def _obey(self, target: str) -> None:
        word, _, rest = target.partition(" ")
        if word == "filter":
            self._session.set_filter("" if self._session.filter == rest else rest)
        else:
            self.event_wanted.emit(int(rest))

    def _dress(self) -> None:
        px = self._themes.metrics.px
        self._cards.setContentsMargins(px(10), px(8), px(10), px(8))
        self._cards.setSpacing(px(8))
        for card in self.cards:
            card.dress()


class _Card(QFrame):
    """A note: title, sentences, and perhaps a button."""

    def __init__(self, note: Note, themes: ThemeManager, obey: Callable[[str], object]) -> None:
        super().__init__()
        self.note, self._themes = note, themes
        self.setObjectName("note")
        self.title, self.text = QLabel(note.title, wordWrap=True), QLabel(note.text, wordWrap=True)
        flags = Qt.TextInteractionFlag
        for label in (self.title, self.text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(flags.TextSelectableByMouse)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.title)
        self._column.addWidget(self.text)
        self.button: QPushButton | None = None
        if note.button:
            self.button = QPushButton(note.button, flat=True)
            self.button.clicked.connect(lambda: obey(note.target))
            self._column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        theme, metrics = self._themes.theme, self._themes.metrics
        role = _role(theme, self.note.kind)
        self._column.setContentsMargins(
            metrics.px(12), metrics.px(8), metrics.px(10), metrics.px(8)
        )
        self._column.setSpacing(metrics.px(4))
        self.title.setFont(metrics.ui(bold=True))
        self.text.setFont(metrics.ui())
        self.title.setStyleSheet(f"color: {role.ink}")
        self.setStyleSheet(
            f"#note {{ background: {theme.raised}; border: 1px solid {theme.border}; "
            f"border-left: {metrics.px(4)}px solid {role.colour}; border-radius: 6px; }}"
        )
        if self.button is not None:
            self.button.setFont(metrics.ui())


def _role(theme: Theme, kind: str) -> Role:
    return {"ok": theme.ok, "warning": theme.warning, "danger": theme.danger}.get(kind, theme.info)
