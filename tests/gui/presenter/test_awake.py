"""The screen is kept awake beside the lecture: whoever is asked, the lecture waits for nobody."""

from __future__ import annotations

import ctypes
import sys
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import pytest

from gui.presenter.awake import KeepAwake, Route, asking_the_desktop, asking_the_x_server

PATIENCE_S = 5.0


class Desktop:
    """Can keep the screen awake or not."""

    def __init__(self, can: bool = True) -> None:
        self.can = can
        self.asked, self.released = threading.Event(), threading.Event()

    @contextmanager
    def __call__(self) -> Iterator[bool]:
        self.asked.set()
        yield self.can
        self.released.set()


@contextmanager
def broken() -> Iterator[bool]:
    raise OSError("the bus has gone")
    yield True


def test_it_is_held_until_it_is_let_go() -> None:
    awake = KeepAwake([desktop := Desktop()])
    awake.hold()
    assert desktop.asked.wait(PATIENCE_S)
    assert not desktop.released.wait(0.05)
    awake.let_go()
    assert desktop.released.wait(PATIENCE_S)
    awake.let_go()  # once is enough


@pytest.mark.parametrize("first", [Desktop(can=False), broken], ids=["cannot", "breaks"])
def test_the_next_route_is_taken_where_one_cannot(first: Route) -> None:
    awake = KeepAwake([first, desktop := Desktop()])
    awake.hold()
    assert desktop.asked.wait(PATIENCE_S)
    awake.let_go()
    assert desktop.released.wait(PATIENCE_S)


def test_a_desktop_that_does_not_answer_keeps_nobody_waiting() -> None:
    answers, over = threading.Event(), threading.Event()

    @contextmanager
    def slow() -> Iterator[bool]:
        answers.wait(PATIENCE_S)
        yield True
        over.set()

    awake, began = KeepAwake([slow]), monotonic()
    awake.hold()
    awake.let_go()
    assert monotonic() - began < PATIENCE_S / 2
    assert not over.is_set()
    answers.set()
    assert over.wait(PATIENCE_S)  # it is released as soon as it is held


def test_the_desktop_is_asked_through_wakepy_and_never_warns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted: list[str] = []

    @contextmanager
    def presenting(on_fail: str) -> Iterator[object]:
        wanted.append(on_fail)
        yield types.SimpleNamespace(active=True)

    monkeypatch.setattr("wakepy.keep.presenting", presenting)
    with asking_the_desktop() as held:
        assert held
    assert wanted == ["pass"]


def test_no_bus_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    monkeypatch.delenv("WAKEPY_FAKE_SUCCESS", raising=False)
    with asking_the_desktop() as held:
        assert not held or sys.platform != "linux"


def test_no_x_server_or_no_extension_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    with asking_the_x_server() as held:
        assert not held
    monkeypatch.setenv("DISPLAY", ":4711")
    with asking_the_x_server() as held:
        assert not held

    def missing(name: str) -> object:
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    with asking_the_x_server() as held:
        assert not held
