"""What every test gets: no display, settings of its own, and a look at what it leaves behind."""

from __future__ import annotations

import gc
import itertools
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.examples import EVERY_DAY

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from PySide6.QtWidgets import QWidget

# Before anything imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Where nothing compiled may be kept, as in many containers, pytest rewrites every assert again in
# each of its processes, and each process that a test starts compiles the program anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Half of Hypothesis' own number of examples finds what it finds, as long as it is often asked.
# HYPOTHESIS_PROFILE=thorough asks much more at once. A busy machine is no mistake.
settings.register_profile(
    "local",
    deadline=None,
    max_examples=EVERY_DAY,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(  # always the same examples
    "ci", settings.get_profile("local"), derandomize=True
)
settings.register_profile("thorough", settings.get_profile("local"), max_examples=1000)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "local")
)

LEFT_BEHIND_TIMEOUT_S = 2.0


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give every worker one half of the tests in order, and what the other has not come to.

    What a file works out once is then worked out by one worker only.
    """
    if config.getoption("dist") != "load":
        return None  # somebody asked for something else
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


def pytest_collection_finish() -> None:
    """Keep thousands of tests out of every search for garbage from here on."""
    gc.collect()
    gc.freeze()


_HOMES = itertools.count()


@pytest.fixture(autouse=True)
def settings_home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Keep settings, caches and data of this test in a folder of its own.

    It is not there yet: making one takes longer than most tests, and most need none.
    """
    home = tmp_path_factory.getbasetemp() / "homes" / str(next(_HOMES))
    for kind in ("CONFIG", "CACHE", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    if "PySide6.QtCore" in sys.modules:  # QSettings reads the environment only once
        from PySide6.QtCore import QSettings

        for style in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
            QSettings.setPath(style, QSettings.Scope.UserScope, str(home / "config"))
    return home


@pytest.fixture(autouse=True)
def nothing_left_behind(settings_home: Path) -> Iterator[None]:
    """Fail a test that leaves a visible window, a running timer, a thread or a process."""
    windows, threads, processes = _windows(), set(threading.enumerate()), set(_processes())
    yield
    if _left_windows(windows):
        gc.collect()  # what nobody holds any more is not left behind
    left = _left_windows(windows)
    names = [f"window {type(each).__name__}" for each in left]
    for each in left:
        each.close()
        each.deleteLater()
    for thread in set(threading.enumerate()) - threads:
        if not thread.daemon:
            thread.join(LEFT_BEHIND_TIMEOUT_S)
            if thread.is_alive():
                names.append(f"thread {thread.name}")
    for process in set(_processes()) - processes:
        process.join(LEFT_BEHIND_TIMEOUT_S)
        if process.is_alive():
            process.kill()
            names.append(f"process {process.name}")
    if names:
        pytest.fail(f"left behind: {', '.join(names)}", pytrace=False)


def _windows() -> list[QWidget]:
    """Return the top-level widgets there are; none as long as no test made an application."""
    if "PySide6.QtWidgets" not in sys.modules:
        return []
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    if QApplication.instance() is None:
        return []
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return list(QApplication.topLevelWidgets())


def _left_windows(before: list[QWidget]) -> list[QWidget]:
    """Return new windows that are visible or still tick. Qt itself keeps tool tips around."""
    from PySide6.QtCore import QTimer

    return [
        each
        for each in _windows()
        if each not in before
        and not each.inherits("QTipLabel")
        and (each.isVisible() or any(timer.isActive() for timer in each.findChildren(QTimer)))
    ]


def _processes() -> list[BaseProcess]:
    multiprocessing = sys.modules.get("multiprocessing")
    return list(multiprocessing.active_children()) if multiprocessing else []
