"""Cuts out of a ticket's texts what was looked for, and marks it. Plain text: nothing is HTML."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.record import record
from domain.ticket.words import Format
from projections.ports import Reader
from projections.search.words import folded, is_paired, plain, text_of

LONGEST = 180
"""Letters of an excerpt."""

_BEFORE = 60
"""Letters before the first hit."""

_READ = 4_000
_ENTRIES = 30
"""Letters of an entry, and entries of a ticket, that an excerpt is looked for in."""


@record
class Part:
    """A piece of text; `hit`: it is what was looked for."""

    text: str
    hit: bool


@record
class Excerpt:
    """Of the entry of that version in a ticket's conversation; `kind` is how that is drawn."""

    version: int
    kind: str
    at: datetime
    parts: tuple[Part, ...]


def marked(text: str, groups: Sequence[Sequence[str]]) -> tuple[Part, ...]:
    """A whole text, in pieces. Together they are the text, with its letters composed (NFC)."""
    text = unicodedata.normalize("NFC", text)
    return _parts(text, _hits(text, groups), 0, len(text))


def excerpt(text: str, groups: Sequence[Sequence[str]]) -> tuple[Part, ...] | None:
    """A line around the first hit in a text; None when there is none."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    hits = _hits(text, groups)
    if not hits:
        return None
    begin = 0 if hits[0][0] <= _BEFORE else _word_from(text, hits[0][0] - _BEFORE)
    end = min(len(text), begin + LONGEST)
    parts = _parts(text, hits, begin, end)
    before = (Part(text="…", hit=False),) if begin else ()
    behind = (Part(text="…", hit=False),) if end < len(text) else ()
    return (*before, *parts, *behind)


def excerpts(
    reader: Reader, tickets: Sequence[str], groups: Sequence[Sequence[str]], *, public_only: bool
) -> dict[str, Excerpt]:
    """Of each ticket the entry that has the most of what was looked for, if one has any."""
    if not tickets or not groups:
        return {}
    rows = reader.fetch(
        _TEXTS.format(public="AND public" if public_only else ""), {"tickets": list(tickets)}
    )
    best: dict[str, tuple[int, Excerpt]] = {}
    for row in rows:
        text = text_of(row["body"]) if row["format"] == Format.HTML else row["body"]
        parts = excerpt(text, groups)
        if parts is None:
            continue
        distinct = len({folded(part.text) for part in parts if part.hit})
        if distinct > best.get(row["ticket"], (0, None))[0]:
            found = Excerpt(version=row["version"], kind=row["kind"], at=row["at"], parts=parts)
            best[row["ticket"]] = (distinct, found)
    return {ticket: found for ticket, (_, found) in best.items()}


_TEXTS = f"""
SELECT e.* FROM unnest(%(tickets)s::text[]) AS t (ticket) CROSS JOIN LATERAL (
    SELECT ticket, version, kind, at, format, left(body, {_READ}) AS body
    FROM read.conversation_entry
    WHERE ticket = t.ticket AND body <> '' {{public}} ORDER BY version LIMIT {_ENTRIES}
) AS e
"""  # noqa: S608 - literals


def _hits(text: str, groups: Iterable[Sequence[str]]) -> list[tuple[int, int]]:
    """Where in the text something is that was looked for: from, until; ascending, apart."""
    letters, origin = _letters(text)
    found = sorted(
        (origin[match.start()], origin[match.end() - 1] + 1)
        for pattern in map(_pattern, groups)
        for match in pattern.finditer(letters)
    )
    apart: list[tuple[int, int]] = []
    for begin, end in found:
        if apart and begin <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((begin, end))
    return apart


def _pattern(group: Sequence[str]) -> re.Pattern[str]:
    """A word at its beginning; of paired letters, the run they come from or any pair of it."""
    if not is_paired(group[0]):
        return re.compile(rf"(?<![^\W_]){re.escape(group[0])}")
    run = group[0] + "".join(pair[-1] for pair in group[1:])
    whole = " ?".join(map(re.escape, run))
    return re.compile("|".join([whole, *map(re.escape, group)]))


def _letters(text: str) -> tuple[str, list[int]]:
    """The text folded, and which letter of the text each of its letters comes from."""
    if text.isascii():
        return text.lower(), list(range(len(text)))
    letters: list[str] = []
    origin: list[int] = []
    for place, letter in enumerate(text):
        same = folded(letter)
        same = same if is_paired(same) else plain(same)
        letters.append(same)
        origin.extend([place] * len(same))
    return "".join(letters), origin


def _parts(text: str, hits: Sequence[tuple[int, int]], begin: int, end: int) -> tuple[Part, ...]:
    parts: list[Part] = []
    at = begin
    for first, last in hits:
        if last <= at or first >= end:
            continue
        if first > at:
            parts.append(Part(text=text[at:first], hit=False))
        parts.append(Part(text=text[max(first, at) : min(last, end)], hit=True))
        at = min(last, end)
    if at < end:
        parts.append(Part(text=text[at:end], hit=False))
    return tuple(parts)


def _word_from(text: str, place: int) -> int:
    """The beginning of the first word from a place on, if one begins soon."""
    space = text.find(" ", place, place + _BEFORE // 2)
    return place if space < 0 else space + 1
