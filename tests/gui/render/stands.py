"""Small jobs for the tests of pictures and films."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gui.render.job import Job

SMALL = (400, 220)


def job(out: Path, what: str = "mail-chain", **wanted: Any) -> Job:
    """Return a small job."""
    return Job(what=what, out=str(out), **{"size": SMALL, **wanted})
