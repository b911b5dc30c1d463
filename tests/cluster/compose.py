"""What docker-compose.yml says, for those who run it without containers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parents[2] / "docker-compose.yml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))

_VARIABLE = re.compile(r"\$\{(\w+)(?::[-?]([^}]*))?\}")


@dataclass(frozen=True)
class Service:
    """A service of ours: what to run, and how many of it."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    replicas: int
    port: int | None
    """Where it is reached from outside."""


def interpolated(text: str, variables: Mapping[str, str]) -> str:
    """`${NAME}`, `${NAME:-default}` and `${NAME:?message}` replaced, as compose does it.

    A variable that must be given and is not becomes empty.
    """

    def value(found: re.Match[str]) -> str:
        default = found[2] if ":-" in found[0] else ""
        return variables.get(found[1]) or default or ""

    return _VARIABLE.sub(value, text)


def services(profiles: Sequence[str], variables: Mapping[str, str]) -> list[list[Service]]:
    """Our services in those profiles: those of a list can start when all before are healthy."""
    mine = {
        name: service
        for name, service in COMPOSE["services"].items()
        if not {*profiles}.isdisjoint(service.get("profiles", profiles))
    }
    order = TopologicalSorter({name: it.get("depends_on", ()) for name, it in mine.items()})
    order.prepare()
    found = []
    while ready := order.get_ready():
        found.append([_service(name, mine[name], variables) for name in ready if _ours(mine[name])])
        order.done(*ready)
    return [together for together in found if together]


def _ours(service: Mapping[str, Any]) -> bool:
    return "build" in service


def _service(name: str, service: Mapping[str, Any], variables: Mapping[str, str]) -> Service:
    return Service(
        name=name,
        command=tuple(service["command"][1:]),
        environment={
            key: interpolated(str(value), variables)
            for key, value in service["environment"].items()
        },
        replicas=service.get("deploy", {}).get("replicas", 1),
        port=_port(service, variables),
    )


def postgres_settings() -> dict[str, str]:
    """What its command line changes: -c name=value."""
    _, *words = COMPOSE["services"]["postgres"]["command"]
    return dict(word.split("=", 1) for word in words if word != "-c")


def _port(service: Mapping[str, Any], variables: Mapping[str, str]) -> int | None:
    for mapping in service.get("ports", ()):
        return int(interpolated(mapping, variables).split(":")[-2])
    return None
