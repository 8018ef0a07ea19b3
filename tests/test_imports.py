"""The engine works where no Qt is installed."""

from __future__ import annotations

import subprocess
import sys

EVERY_CORE_MODULE = """
import importlib, pkgutil, sys
import core
names = [each.name for each in pkgutil.walk_packages(core.__path__, "core.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def top_level_modules_after(program: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_whole_engine_imports_no_qt_and_no_window() -> None:
    loaded = top_level_modules_after(EVERY_CORE_MODULE)
    assert "core" in loaded
    assert loaded.isdisjoint({"PySide6", "shiboken6", "pyqtgraph", "gui"})


def test_the_check_before_the_window_imports_neither_qt_nor_numpy() -> None:
    loaded = top_level_modules_after(
        "import sys, gui.preflight; print(*{name.partition('.')[0] for name in sys.modules})"
    )
    assert loaded.isdisjoint({"PySide6", "shiboken6", "pyqtgraph", "numpy"})
