"""Reading scenarios: bundled ones by name, others from a file, with parameters filled in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from core.errors import ScenarioError, at_line, did_you_mean
from core.scenario.checks import check
from core.scenario.schema import SCHEMA, Parameter, Scenario
from core.scenario.toml_lines import line_of
from core.scenario.toml_text import MOST_BYTES, document_of, is_there

_SUFFIX = ".toml"
_UNKNOWN_FIELD = re.compile(r"unknown field `([^`]*)`")
_JSON_PATH = re.compile(r"\.([A-Za-z0-9_-]+)|\[(\d+|\.\.\.)\]")
Value = bool | int | str


@dataclass(frozen=True)
class ScenarioText:
    """A scenario before its parameters are filled in.

    Attributes:
        where: File name, or the name of a bundled scenario.
        text: The TOML text.
        document: The text as parsed.
    """

    where: str
    text: str
    document: dict[str, Any]

    def parameters(self) -> dict[str, Parameter]:
        """Return the parameters the scenario declares.

        Raises:
            ScenarioError: A parameter's table is wrong.
        """
        try:
            known = msgspec.convert(self.document.get("parameters", {}), dict[str, Parameter])
        except msgspec.ValidationError as error:
            raise self.error(str(error), prefix=["parameters"]) from None
        for name, parameter in known.items():
            try:
                checked(name, parameter, parameter.default)
            except ScenarioError as error:
                line = line_of(self.text, ["parameters", name, "default"])
                raise ScenarioError(
                    f"parameters.{name}.default: {error.problem}", where=at_line(self.where, line)
                ) from None
        return known

    def error(self, message: str, prefix: list[str | int] | None = None) -> ScenarioError:
        """Return msgspec's message as an error that names the line."""
        problem, _, at = message.partition(" - at ")
        path = [*(prefix or []), *_path_parts(at)]
        if unknown := _UNKNOWN_FIELD.search(problem):
            path.append(unknown[1])
        name = ".".join(str(part) for part in path)
        where = at_line(self.where, line_of(self.text, path))
        return ScenarioError(f"{name}: {_plain(problem)}" if name else _plain(problem), where=where)


def _path_parts(at: str) -> list[str | int]:
    parts: list[str | int] = []
    for match in _JSON_PATH.finditer(at.strip("`")):
        if match[1] is not None:
            parts.append(match[1])
        else:
            parts.append(int(match[2]) if match[2].isdigit() else 0)
    return parts


_TYPE_WORDS = {"`int`": "a whole number", "`str`": "text", "`bool`": "true or false"}


def _plain(problem: str) -> str:
    for jargon, words in _TYPE_WORDS.items():
        problem = problem.replace(jargon, words)
    problem = problem.replace("Object ", "the table ").replace("`", "'")
    return problem[:1].lower() + problem[1:]


@cache
def bundled() -> tuple[str, ...]:
    """Return the names of the scenarios the program ships, in the order they are shown in."""
    folder = resources.files("resources.scenarios")
    order = (folder / "order.txt").read_text("utf-8").split()
    return tuple(order)


def open_scenario(name_or_path: str | Path) -> ScenarioText:
    """Return a bundled scenario by name, or one from a file.

    Raises:
        ScenarioError: There is no such scenario, or it is not TOML this program knows.
    """
    name = str(name_or_path)
    if name in bundled():
        text = (resources.files("resources.scenarios") / f"{name}{_SUFFIX}").read_text("utf-8")
        return parse(text, where=name)
    path = Path(name)
    if path.suffix != _SUFFIX and not is_there(path):
        raise ScenarioError(
            f"there is no scenario {name[:80]!r}", advice=did_you_mean(name, bundled())
        )
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise ScenarioError("expected a file", where=name)
        if path.is_file() and path.stat().st_size > MOST_BYTES:
            raise ScenarioError(f"expected at most {MOST_BYTES:,} bytes of TOML", where=name)
        return parse(path.read_text("utf-8"), where=name)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ScenarioError(f"cannot read the scenario: {reason}", where=name) from None


def parse(text: str, *, where: str) -> ScenarioText:
    """Return a scenario's text as parsed.

    Raises:
        ScenarioError: The text is not TOML, or its schema is missing or newer than this program.
    """
    document = document_of(text, where=where, schema=SCHEMA, error=ScenarioError)
    return ScenarioText(where, text, document)


def fill(source: ScenarioText, settings: Mapping[str, Value] | None = None) -> Scenario:
    """Return a scenario with its parameters filled in and checked.

    Args:
        source: The scenario's text.
        settings: Values by parameter name, or by dotted path for any other key ("guard.design").

    Raises:
        ScenarioError: A parameter is unknown or out of bounds, or the file is not valid.
    """
    document, paths = _filled(source, settings)
    try:
        scenario = msgspec.convert(document, Scenario)
    except msgspec.ValidationError as error:
        raise _blame(source.error(str(error)), str(error), paths) from None
    _check_stops(scenario, source)
    check(scenario, source.text, source.where)
    return scenario


def filled_document(
    source: ScenarioText, settings: Mapping[str, Value] | None = None
) -> dict[str, Any]:
    """Return a scenario's tables with its parameters filled in, not yet checked.

    Raises:
        ScenarioError: A parameter is unknown or out of bounds.
    """
    return _filled(source, settings)[0]


def _filled(
    source: ScenarioText, settings: Mapping[str, Value] | None
) -> tuple[dict[str, Any], dict[str, Value]]:
    """Return the tables, and what was set by dotted path."""
    parameters = source.parameters()
    values: dict[str, Value] = {name: p.default for name, p in parameters.items()}
    paths: dict[str, Value] = {}
    for name, value in (settings or {}).items():
        if name in parameters:
            values[name] = checked(name, parameters[name], value)
        elif "." in name:
            paths[name] = value
        else:
            raise ScenarioError(
                f"{source.where} has no parameter {name!r}",
                where=f"--set {name}",
                advice=did_you_mean(name, parameters) if parameters else "it has none",
            )
    document = _substitute(source.document, values, source, [])
    for path, value in paths.items():
        _set_path(document, path, value)
    return document, paths


def _check_stops(scenario: Scenario, source: ScenarioText) -> None:
    """Refuse a stop that nothing can stop at."""
    if not scenario.stops:
        return
    # Here, because it needs numpy, which the window's first paint must not wait for.
    from core.trace.stops import parse_stop

    for text in scenario.stops:
        parse_stop(text, where=at_line(source.where, _line_of_stop(source.text, text)))


def _line_of_stop(text: str, stop: str) -> int | None:
    """Return the line of one stop of the list, which may go over several lines."""
    first = line_of(text, ["stops"])
    for number, line in enumerate(text.splitlines(), 1):
        if first is not None and number >= first and stop in line:
            return number
    return first


def _blame(error: ScenarioError, message: str, paths: Mapping[str, Value]) -> ScenarioError:
    """Blame the option instead of a line of the file where an option set the value."""
    at = ".".join(str(part) for part in _path_parts(message.partition(" - at ")[2]))
    for path in paths:
        if path == at or path.rpartition(".")[0] == at:
            return ScenarioError(error.problem, where=f"--set {path}")
    return error


def checked(name: str, parameter: Parameter, value: Value) -> Value:
    """Return a value as its parameter's type.

    Raises:
        ScenarioError: It is of another type or out of bounds.
    """
    where = f"--set {name}"
    default = parameter.default
    if isinstance(default, bool):
        return _as_bool(value, where)
    if isinstance(default, int):
        return _as_int(value, parameter, where)
    if parameter.choices and value not in parameter.choices:
        expected = ", ".join(parameter.choices)
        raise ScenarioError(f"expected one of {expected}, got {value!r}", where=where)
    return str(value)


def _as_bool(value: Value, where: str) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in {"true", "yes", "on", "1"}:
        return True
    if str(value).lower() in {"false", "no", "off", "0"}:
        return False
    raise ScenarioError(f"expected true or false, got {value!r}", where=where)


def _as_int(value: Value, parameter: Parameter, where: str) -> int:
    try:
        number = int(str(value).replace("_", ""), 0)
    except ValueError:
        raise ScenarioError(f"expected a whole number, got {value!r}", where=where) from None
    low, high = parameter.minimum, parameter.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        ends = ["any" if end is None else f"{end:,}" for end in (low, high)]
        raise ScenarioError(
            f"expected a number from {' to '.join(ends)}, got {number:,}", where=where
        )
    return number


def _substitute(
    node: Any, values: dict[str, Value], source: ScenarioText, path: list[str | int]
) -> Any:
    if isinstance(node, dict):
        return {k: _substitute(item, values, source, [*path, k]) for k, item in node.items()}
    if isinstance(node, list):
        return [_substitute(item, values, source, [*path, n]) for n, item in enumerate(node)]
    if isinstance(node, str) and node.startswith("$") and path[:1] not in (["about"], ["title"]):
        name = node[1:]
        if name not in values:
            raise ScenarioError(
                f"there is no parameter {name!r}",
                where=at_line(source.where, line_of(source.text, path)),
                advice=did_you_mean(name, values) if values else "declare it below [parameters]",
            )
        return values[name]
    return node


def _set_path(document: dict[str, Any], path: str, value: Value) -> None:
    *tables, key = path.split(".")
    node: Any = document
    try:
        for table in tables:
            if isinstance(node, list) and not table.isdecimal():
                raise IndexError(table)
            node = node[int(table)] if isinstance(node, list) else node.setdefault(table, {})
        if isinstance(node, list):
            node[int(key)] = _parse_value(value)
        else:
            # Text stays text: version = "6.1" must not become a number.
            node[key] = value if isinstance(node.get(key), str) else _parse_value(value)
    except (IndexError, ValueError, TypeError, AttributeError):
        raise ScenarioError(f"the scenario has no {path!r} to set", where=f"--set {path}") from None


def _parse_value(value: Value) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except (ValueError, RecursionError):
        return value
