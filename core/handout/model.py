"""A lesson as it is read: every step with its text, its picture, and what was asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of a step.

    Attributes:
        light: For a light page: SVG or PNG.
        dark: For a dark one.
        size: Width and height in pixels of CSS.
    """

    light: bytes
    dark: bytes
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer.

    Attributes:
        ask: The question.
        choices: What there is to choose from; empty for a free answer.
        answer: What is right; one of the choices where there are any.
        explain: What is said once it is answered, Markdown.
    """

    ask: str
    choices: tuple[str, ...]
    answer: str
    explain: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One step.

    Attributes:
        title: A few words.
        text: Markdown.
        notes: Markdown for the speaker.
        alt: What the picture shows, in words, for who does not see it.
        caption: What stands above the picture for who does.
        picture: The picture; None where there is none.
        drawing: Width and height of what is drawn in its place on paper, in the paper's units.
        asked: The questions.
        problem: Why it could not be shown; empty where it could.
        left_out: What of it could not be, and why; empty where all could.
    """

    title: str
    text: str = ""
    notes: str = ""
    alt: str = ""
    caption: str = ""
    picture: Picture | None = None
    asked: tuple[Asked, ...] = ()
    problem: str = ""
    left_out: str = ""
    drawing: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Handout:
    """A lesson.

    Attributes:
        title: A few words.
        about: What it teaches.
        minutes: How long it takes to teach.
        pages: Its steps.
        notes: Whether the speaker's notes are shown.
    """

    title: str
    about: str
    minutes: int
    pages: tuple[Page, ...]
    notes: bool = False
