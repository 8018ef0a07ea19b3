"""A worker that estimates nothing: ten to the power of how many interrupts may come."""

from __future__ import annotations

import sys

import msgspec

from core.explore.estimate import Estimate
from core.explore.worker import Request


def main() -> int:
    """Serve one request."""
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=Request)
    runs = 10**request.explore.bound.irqs
    if runs == 1:
        print("error it cannot be told", flush=True)
        return 2
    print(f"done {msgspec.json.encode(Estimate(runs, runs / 4_000)).decode()}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
