"""Holds answers against what a scenario expects."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Answer = Sequence[Sequence[Mapping[str, Any]]]
"""For each instant asked about, the clocks."""

_CLOSE = 0.000_01  # seconds: as close as two ways to add up floating numbers come


def differences(scenario: Mapping[str, Any], given: Answer) -> list[str]:
    """What is not as expected, a line each; empty when all is well."""
    expected = scenario["expect"]
    if len(given) != len(expected):
        return [f"asked about {len(expected)} instants, answered about {len(given)}"]
    return [
        f"at {one['at']}: {line}"
        for one, clocks in zip(expected, given, strict=True)
        for line in _at(one, clocks)
    ]


def _at(one: Mapping[str, Any], clocks: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = []
    found = {(clock["clock"], clock["instance"]): clock for clock in clocks}
    wanted = {(clock["clock"], clock.get("instance", 1)): clock for clock in one["clocks"]}
    for key, clock in wanted.items():
        name = f"{key[0]} {key[1]}" if key[1] > 1 else key[0]
        if key not in found:
            lines.append(f"there is no {name} clock")
            continue
        lines += [
            f"{name}: {field} is {found[key].get(field)!r}, not {value!r}"
            for field, value in clock.items()
            if field not in ("clock", "instance") and not _same(found[key].get(field), value)
        ]
    if one["others"] == "refused":
        lines += [f"{name} {n} is there, too" for name, n in sorted(found.keys() - wanted.keys())]
    return lines


def _same(given: Any, expected: Any) -> bool:
    if isinstance(expected, float | int) and isinstance(given, float | int):
        return abs(given - expected) < _CLOSE
    return bool(given == expected)


def run(
    scenarios: Sequence[Mapping[str, Any]], ask: Callable[[Mapping[str, Any]], Answer]
) -> dict[str, list[str]]:
    """Name to differences, for those scenarios that differ."""
    found = {}
    for scenario in scenarios:
        try:
            lines = differences(scenario, ask(scenario))
        except Exception as error:  # noqa: BLE001 - whatever it was, the next one is tried
            lines = [f"no answer: {type(error).__name__}: {error}"]
        if lines:
            found[scenario["name"]] = lines
    return found
