"""Reads scenarios from YAML: checked by the schema, names resolved, instants and spans plain."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from jsonschema import Draft202012Validator

HERE = Path(__file__).parent
FOLDER = HERE / "scenarios"

_SPAN = re.compile(r"(-)?(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+(?:\.\d+)?)s)?")
_HOUR, _MINUTE = 3600, 60
_SPANS = ("elapsed", "remaining", "target")
_INSTANTS = ("due", "started_at", "stopped_at", "breached_at")
_EVENT_INSTANTS = ("opened_at", "asked_at", "origin_opened_at")


class WrongScenario(ValueError):
    """A file that is no list of scenarios; the message names file, scenario and place."""


def all_scenarios(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """Every scenario of a folder, in the order of files and lines. Raises WrongScenario."""
    found = [one for path in sorted(folder.rglob("*.yaml")) for one in scenarios_in(path)]
    names = [one["name"] for one in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise WrongScenario(f"names have to be unique: {', '.join(sorted(twice))}")
    return found


def scenarios_in(path: Path) -> Iterator[dict[str, Any]]:
    """The scenarios of one file, as they go over the wire. Raises WrongScenario."""
    try:
        held = yaml.load(path.read_text(), Loader=_Loader)  # noqa: S506 - derived from SafeLoader
    except yaml.YAMLError as error:
        raise WrongScenario(f"{path.name}: {error}") from None
    for fault in Draft202012Validator(_schema()).iter_errors(held):
        raise WrongScenario(f"{path.name}: {_place(held, fault.absolute_path)}: {fault.message}")
    for scenario in held["scenarios"]:
        try:
            yield _plain(scenario, held, path.stem)
        except (ValueError, KeyError) as error:
            raise WrongScenario(f"{path.name}: {scenario['name']}: {error}") from None


class _Loader(yaml.SafeLoader):
    """Reads every scalar that is no number as text: instants and times of day are ours to read."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(  # without the sexagesimal numbers that 09:00 would be
    "tag:yaml.org,2002:int", re.compile(r"^-?(0|[1-9]\d*)$"), list("-0123456789")
)


@cache
def _schema() -> Any:
    return json.loads((HERE / "schema.json").read_text())


def _place(held: Any, path: Any) -> str:
    steps = list(path)
    if steps[:1] == ["scenarios"] and len(steps) > 1:
        name = held["scenarios"][steps[1]].get("name", f"scenario {steps[1] + 1}")
        return f"{name}, at {'/'.join(map(str, steps[2:])) or 'its top'}"
    return "/".join(map(str, steps)) or "the file"


def _plain(scenario: Mapping[str, Any], held: Mapping[str, Any], theme: str) -> dict[str, Any]:
    zone = ZoneInfo(scenario.get("zone", held.get("zone", "UTC")))

    def instant(text: str) -> str:
        return instant_of(text, zone).isoformat().replace("+00:00", "Z")

    start = min(instant_of(event["at"], zone) for event in scenario["timeline"])
    return {
        "name": scenario["name"],
        "theme": theme,
        "why": scenario["why"],
        "covers": scenario["covers"],
        "source": scenario.get("source"),
        "book": [
            _entry(entry, held, instant, start)
            for entry in scenario.get("book", held.get("book", []))
        ],
        "timeline": [_event(event, instant) for event in scenario["timeline"]],
        "expect": [_expected(one, instant) for one in scenario["expect"]],
    }


def _entry(
    entry: Mapping[str, Any], held: Mapping[str, Any], instant: Any, start: datetime
) -> dict[str, Any]:
    """One edit of the book; without `at` it was made long before the ticket."""
    long_before = start.replace(year=start.year - 1).isoformat().replace("+00:00", "Z")
    at = instant(entry["at"]) if "at" in entry else long_before
    plain: dict[str, Any] = {
        "at": at,
        "effective_at": instant(entry["effective"]) if "effective" in entry else at,
        "applies_to": entry.get("applies_to", "running"),
    }
    if "calendar" in entry:
        name = entry["calendar"]
        calendar = held["calendars"][name]
        return plain | {"kind": "calendar", **_calendar(name, calendar)}
    if "policy" in entry:
        name = entry["policy"]
        return plain | {"kind": "policy", **_policy(name, held["policies"][name])}
    if "retire" in entry:
        return plain | {"kind": "retire", "id": entry["retire"]}
    return plain | {"kind": "rejudge", "since": instant(entry["rejudge_since"])}


def _calendar(name: str, calendar: Mapping[str, Any]) -> dict[str, Any]:
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    weekly: dict[str, list[str]] = {day: [] for day in days}
    for span, windows in calendar.get("weekly", {}).items():
        first, _, last = span.partition("-")
        begin, end = days.index(first), days.index(last or first)
        for n in range(begin, end + 1 if begin <= end else end + 1 + len(days)):
            weekly[days[n % len(days)]] = list(windows)
    return {
        "id": calendar.get("id", name),
        "zone": calendar["zone"],
        "weekly": weekly,
        "holidays": [
            {"day": date.fromisoformat(day).isoformat(), "name": said}
            for day, said in calendar.get("holidays", {}).items()
        ],
        "openings": [
            {"day": date.fromisoformat(day).isoformat(), "windows": list(windows)}
            for day, windows in calendar.get("openings", {}).items()
        ],
    }


def _policy(name: str, policy: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": policy.get("id", name),
        "rank": policy.get("rank", 10),
        "when": policy.get("when", {"all": []}),
        "options": policy.get("options", {}),
        "promises": [
            _promise(clock, promise)
            for clock, given in policy["promises"].items()
            for promise in (given if isinstance(given, list) else [given])
        ],
    }


def _promise(clock: str, promise: Mapping[str, Any]) -> dict[str, Any]:
    target = promise["target"]
    by_priority = target if isinstance(target, dict) else dict.fromkeys(_PRIORITIES, target)
    return {
        "clock": clock,
        "targets": {priority: span_of(text) for priority, text in by_priority.items()},
        "calendar": promise["calendar"],
        "queues": promise.get("queues", []),
        "pauses": promise.get("pauses", []),
        "counts_resolved": promise.get("counts_resolved", False),
        "steps": [
            {k: span_of(v) if k in ("before", "after") else v for k, v in step.items()}
            for step in promise.get("steps", [])
        ],
    }


_PRIORITIES = ("low", "normal", "high", "urgent")


def _event(event: Mapping[str, Any], instant: Any) -> dict[str, Any]:
    plain = {"by": "agent", **event, "at": instant(event["at"])}
    return plain | {name: instant(event[name]) for name in _EVENT_INSTANTS if name in event}


def _expected(one: Mapping[str, Any], instant: Any) -> dict[str, Any]:
    return {
        "at": instant(one["at"]),
        "known_at": instant(one.get("known_at", one["at"])),
        "others": one.get("others", "refused"),
        "clocks": [
            {
                **clock,
                **{name: span_of(clock[name]) for name in _SPANS if clock.get(name) is not None},
                **{name: instant(clock[name]) for name in _INSTANTS if clock.get(name)},
                **(
                    {"reached": {step: instant(at) for step, at in clock["reached"].items()}}
                    if "reached" in clock
                    else {}
                ),
            }
            for clock in one["clocks"]
        ],
    }


def span_of(text: str) -> float:
    """Seconds of a span such as `1h30m`, `45s`, `-10m`; days are none, they have many lengths."""
    found = _SPAN.fullmatch(str(text).strip())
    if found is None or not any(found.groups()[1:]):
        raise ValueError(f"{text!r} is no span; write it in hours, minutes and seconds: 1h30m")
    sign, hours, minutes, seconds = found.groups()
    total = int(hours or 0) * _HOUR + int(minutes or 0) * _MINUTE + float(seconds or 0)
    return -total if sign else total


def instant_of(text: str, zone: ZoneInfo) -> datetime:
    """The instant of `2026-03-02 09:00` in the scenario's zone, or of a text with its own offset.

    Of a time that the wall clock shows twice, the first; write the offset for the second.
    """
    at = datetime.fromisoformat(str(text))
    local = at.replace(tzinfo=zone) if at.tzinfo is None else at
    if at.tzinfo is None and local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at:
        raise ValueError(f"{text!r} is skipped by the clocks of {zone.key}")
    return local.astimezone(UTC)
