"""The unwinders by name, and which architecture has which."""

from __future__ import annotations

from core.unwind.allocating import AllocatingUnwinder
from core.unwind.base import Unwinder
from core.unwind.frames import FramePointerUnwinder, OrcUnwinder
from core.unwind.ia64 import Ia64Unwinder
from core.unwind.ia64_mail import MailUnwinder

AVAILABLE = {
    "x86_64": ("orc", "allocating"),
    "arm64": ("frame_pointer", "allocating"),
    "ia64": ("mail", "ia64"),
}
"""What an architecture can walk with; ia64 has two models of its own."""


def make_unwinder(name: str, arch: str) -> Unwinder:
    """Return an unwinder.

    Args:
        name: What the architecture has, as ``AVAILABLE`` names it.
        arch: A key of ``AVAILABLE``.
    """
    if name == "mail":
        return MailUnwinder()
    if name == "ia64":
        return Ia64Unwinder()
    own = OrcUnwinder() if arch == "x86_64" else FramePointerUnwinder()
    return AllocatingUnwinder(own) if name == "allocating" else own
