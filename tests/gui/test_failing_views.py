"""A view that cannot be painted, measured or shown is told about; the other views go on."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget
from gui import app as program

class Fails(QWidget):
    def paintEvent(self, event):
        raise ValueError("seven")

class Paints(QWidget):
    count = 0
    def paintEvent(self, event):
        Paints.count += 1

def page():
    made = QWidget()
    column = QVBoxLayout(made)
    for part in (*more(), Fails(), Paints(), Paints(), Paints()):
        column.addWidget(part)
    return made

def more():
    # In the program such classes are defined when a workspace is first shown.
    class Measured(QWidget):
        __module__ = "gui.views"
        def sizeHint(self):
            return int("six")
        def showEvent(self, event):
            (1, 2).index(6)
    return Measured(), Measured()

def go_through(window, rest):
    names = [f"view{n}" for n in range(4)]
    for name in names:
        window.add_workspace(name, name, "live", page)

    def turn():
        if names:
            window.show_workspace(names.pop())
        else:
            print(Paints.count, *(message.text for message in window.messages.messages))
            window.close()

    timer = QTimer(window, interval=60)
    timer.timeout.connect(turn)
    timer.start()

program._after_first_paint = go_through
sys.exit(program.run([]))
"""


def test_views_that_fail_when_first_shown_are_told_and_the_others_are_painted() -> None:
    # A process of its own: it ends where Python lies between Qt's loop and the painting, or where
    # errors come out of what Qt calls. What is freed is overwritten, so that it shows at once.
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "MALLOC_PERTURB_": "165"}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    count, _, told = done.stdout.decode().strip().partition(" ")
    assert int(count) >= 12
    assert "ValueError: seven. The program goes on" in told
    assert "literal for int() with base 10: 'six'. The program goes on" in told
    assert "tuple.index(x): x not in tuple. The program goes on" in told
