"""Keeps the screen awake while a lesson is presented.

``wakepy`` asks the desktop: GNOME's session manager, ``org.freedesktop.ScreenSaver``, Windows and
macOS. A bare X server is asked itself, through its screen saver extension. All of it happens in a
thread of its own, so that a desktop that does not answer stops no lecture; where nobody can be
asked, nothing is done and nothing is said. Every route ends with the process, however it ends.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress

Route = Callable[[], AbstractContextManager[bool]]
"""Keeps the screen awake as long as it is entered; says whether it can."""


@contextmanager
def asking_the_desktop() -> Iterator[bool]:
    """Keep the screen awake through the desktop."""
    from wakepy import keep

    with keep.presenting(on_fail="pass") as mode:
        yield mode.active


@contextmanager
def asking_the_x_server() -> Iterator[bool]:
    """Keep the screen awake through the X server; it forgets who has closed the connection."""
    if not os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        yield False
        return
    try:
        x11, saver = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXss.so.1")
    except OSError:
        yield False
        return
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    event, error = ctypes.c_int(), ctypes.c_int()
    if not display or not saver.XScreenSaverQueryExtension(
        display, ctypes.byref(event), ctypes.byref(error)
    ):
        yield False
        return
    try:
        saver.XScreenSaverSuspend(display, True)
        x11.XSync(display, False)
        yield True
    finally:
        x11.XCloseDisplay(display)


ROUTES: tuple[Route, ...] = (asking_the_desktop, asking_the_x_server)


class KeepAwake:
    """Holds the screen awake between ``hold`` and ``let_go``.

    Args:
        routes: Ways to do so; the first that can is taken.
    """

    def __init__(self, routes: Sequence[Route] = ROUTES) -> None:
        self._routes = tuple(routes)
        self._enough: threading.Event | None = None

    def hold(self) -> None:
        """Ask once, and wait for nobody."""
        if self._enough is None:
            self._enough = threading.Event()
            threading.Thread(
                target=_hold, args=(self._routes, self._enough), name="awake", daemon=True
            ).start()

    def let_go(self) -> None:
        """Take it back."""
        enough, self._enough = self._enough, None
        if enough is not None:
            enough.set()


def _hold(routes: Sequence[Route], enough: threading.Event) -> None:
    for route in routes:
        # A lecture goes on whatever is wrong with the desktop.
        with suppress(Exception), route() as held:
            if held:
                enough.wait()
                return
