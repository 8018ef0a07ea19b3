"""The unwinders by name, and which architecture has which."""

from __future__ import annotations

from core.unwind.allocating import AllocatingUnwinder
from core.unwind.base import Unwinder
from core.unwind.frames import FramePointerUnwinder, OrcUnwinder
from core.unwind.ia64 import Ia64Unwinder
from core.unwind.ia64_mail import MailUnwinder

UNWINDERS = {
    "orc": "ORC (x86_64)",
    "frame_pointer": "frame records (arm64)",
    "mail": "ia64 as the mail tells it",
    "ia64": "ia64 as the code reads (inferred)",
    "allocating": "allocates before every walk (measured experiment)",
}
"""Every unwinder with what it is."""

AVAILABLE = {
    "x86_64": ("orc", "allocating"),
    "arm64": ("frame_pointer", "allocating"),
    "ia64": ("mail", "ia64"),
}
"""What an architecture can walk with; the first is its own, ia64's own has two models."""


def make_unwinder(name: str, arch: str) -> Unwinder:
    """Return an unwinder.

    Args:
        name: A key of ``UNWINDERS`` that the architecture has.
        arch: A key of ``AVAILABLE``.
    """
    if name == "mail":
        return MailUnwinder()
    if name == "ia64":
        return Ia64Unwinder()
    own = OrcUnwinder() if arch == "x86_64" else FramePointerUnwinder()
    return AllocatingUnwinder(own) if name == "allocating" else own
