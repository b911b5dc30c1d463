"""What people write: phrases by language and topic, with slots that are filled once per case."""

from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml


class Phrases:
    """One language."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._common: dict[str, Any] = {
            name: given for name, given in data.items() if name not in ("topics", "slots")
        }
        self.topics: dict[str, dict[str, list[str]]] = data["topics"]
        self._slots: dict[str, list[str]] = data["slots"]

    @property
    def names(self) -> frozenset[str]:
        """Of all that can be said whatever the topic is."""
        return frozenset(self._common)

    def slots(self, rng: Random) -> dict[str, str]:
        """What a case is about: a device, a place, a number."""
        filled = {name: rng.choice(choices) for name, choices in self._slots.items()}
        filled["number"] = str(rng.randrange(10_000, 99_999))
        filled["code"] = f"0x{rng.randrange(0x8000_0000, 0x8007_FFFF):08X}"
        return filled

    def common(self, name: str, slots: dict[str, str], rng: Random) -> str:
        """Something that is said whatever the topic is."""
        given = self._common[name]
        chosen: str = given if isinstance(given, str) else rng.choice(given)
        return chosen.format_map(slots)

    def about(self, topic: str, name: str, slots: dict[str, str], rng: Random) -> str:
        """Something that is said about a topic."""
        return rng.choice(self.topics[topic][name]).format_map(slots)


@cache
def phrases(language: str) -> Phrases:
    """The phrases of `ko` or `en`."""
    text = Path(__file__).with_name(f"phrases_{language}.yaml").read_text(encoding="utf-8")
    return Phrases(yaml.safe_load(text))
