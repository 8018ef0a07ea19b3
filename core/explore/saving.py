"""A counterexample as a scenario of its own: it opens and plays like any other."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from core.errors import ScenarioError
from core.explore.request import ExploreRequest
from core.explore.result import Counterexample, PropertyResult
from core.explore.words import breaks_with
from core.saving import write_aside
from core.scenario.loader import filled_document, parse

_MOST_NAME = 60


def save(path: Path, request: ExploreRequest, result: PropertyResult) -> None:
    """Write the counterexample of a property.

    Raises:
        ScenarioError: The property has none, or the file cannot be written.
    """
    text = scenario_text(request, result)
    try:
        write_aside(path, text.encode("utf-8"))
    except OSError as error:
        raise ScenarioError(
            f"cannot write the counterexample: {error.strerror or error}",
            where=str(path),
            advice="choose another place",
        ) from None


def scenario_text(request: ExploreRequest, result: PropertyResult) -> str:
    """Return the TOML of a scenario that plays the counterexample of a property.

    Raises:
        ScenarioError: The property has none.
    """
    found = result.counterexample
    if found is None:
        raise ScenarioError(f"{result.name} holds: there is no counterexample to write")
    document = filled_document(parse(request.text, where=request.where), request.settings)
    document.pop("parameters", None)
    document.pop("stops", None)
    document["name"] = _name(str(document.get("name", "")), result.name)
    document["title"] = f"{document.get('title', request.where)}: {result.name} broken"
    document["shows"] = _shows(result.name, found)
    _override(document, request)
    document["schedule"] = {
        **document.get("schedule", {}),
        "policy": "run_on",
        "choices": list(found.choices),
    }
    document["explore"] = {
        **document.get("explore", {}),
        "irqs": request.bound.irqs,
        "preemptions": request.bound.preemptions,
        "failures": request.bound.failures,
        "properties": [result.name],
    }
    return tomli_w.dumps(_in_order(document), multiline_strings=True)


def _name(name: str, broken: str) -> str:
    joined = re.sub(r"[^a-z0-9]+", "-", f"{name}-{broken}".lower()).strip("-")
    return joined[:_MOST_NAME].strip("-") or "counterexample"


def _shows(name: str, found: Counterexample) -> str:
    end = found.sentence.rstrip(".")
    return f"How {name} breaks{breaks_with(found)}{f': {end}' if end else ''}."


def _override(document: dict[str, Any], request: ExploreRequest) -> None:
    """Write down what the user changed, so that the file needs no options."""
    for table, key, value in (
        ("guard", "design", request.guard),
        ("guard", "max_depth", request.max_depth),
        ("guard", "word", request.word),
        ("kernel", "arch", request.arch),
        ("kernel", "version", request.kernel),
        ("kernel", "layout", request.layout),
    ):
        if value is not None:
            document.setdefault(table, {})[key] = value


def _in_order(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy with plain values before tables, as TOML needs them and people like them."""
    plain = {k: v for k, v in document.items() if not _is_table(v)}
    tables = {k: v for k, v in document.items() if _is_table(v)}
    return copy.deepcopy({**plain, **tables})


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict)
    )
