"""A task in a save, and another CPU that writes the word of bits of it."""

from __future__ import annotations

import json
from typing import Any

from core.trace.trace import Trace
from tests.runs import run_text

TWO_CPUS = """
schema = 1
name = "two-cpus"
title = "Two CPUs"
shows = "Another CPU writes the word of a task that is in a save."
kernel = { version = "6.1", arch = "x86_64", cpus = 2 }
guard = { word = "serialized" }

[[tasks]]
comm = "sh"
pid = 40
work = [{ op = "alloc_pages" }]

[[tasks]]
comm = "chrt"
pid = 41
cpu = 1
work = [{ op = "set_scheduler", target = "sh/40" }]

[schedule]
policy = "run_on"
choices = CHOICES
"""


def two_cpus(*choices: str, **overrides: Any) -> Trace:
    """Run it with what happens at which choice point."""
    return run_text(TWO_CPUS.replace("CHOICES", json.dumps(choices)), **overrides)
