"""A frame as one word of an exchange format, and back: these have a name a frame and no more."""

from __future__ import annotations

import re

from core.recording.profile import Frame

_MODULE = re.compile(r"(?P<name>.*\S) \[(?P<module>\S+)\]", re.DOTALL)
_KERNEL = "_[k]"
"""What stackcollapse-perf.pl --kernel ends the names of kernel functions with."""


def label_of(frame: Frame) -> str:
    """Return a frame's function, and the module behind it as the kernel writes it."""
    return f"{frame.name} [{frame.module}]" if frame.module else frame.name


def frame_of_label(label: str) -> Frame:
    """Return the frame that a label names; its text is the label."""
    found = _MODULE.fullmatch(label)
    if found is not None:
        return Frame(found["name"], label, found["module"])
    name = label.removesuffix(_KERNEL)
    return Frame(name or label, label)
