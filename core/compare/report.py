"""A comparison as data: what ``ownerscope compare --json`` prints."""

from __future__ import annotations

from typing import Any

from core.compare.run import Comparison
from core.scenario.report import report

SCHEMA = 1


def comparison_report(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data (schema 1).

    ``parts_at`` has every place where the lanes part, and is empty where they never do;
    ``partings`` says how many there are. An event is a position in its lane's run.
    """
    alignment = comparison.alignment
    return {
        "schema": SCHEMA,
        "labels": list(comparison.labels),
        "lanes": [report(trace) for trace in comparison.traces],
        "partings": len(alignment.parting_moments),
        "parts_at": [
            {"events": list(parting.events), "operation": parting.operation}
            for parting in alignment.partings
        ],
        "differences": [
            {"measure": row.measure, "values": list(row.values)} for row in comparison.differences
        ],
        "summary": comparison.summary,
    }
