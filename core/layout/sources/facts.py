"""What a caller knows of a kernel that its bytes need not tell."""

from __future__ import annotations

from typing import TypedDict


class Facts(TypedDict):
    """Short name, name for people, release, architecture, and what errors begin with."""

    name: str
    label: str
    kernel: str
    arch: str
    where: str
