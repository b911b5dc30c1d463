"""Tickets that are like another one, by the rare words they share and what else is the same.

How rare a word is, a sample of the tickets tells. The likeness of a ticket is the share of what
is particular about the other one that it has, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import log
from typing import Any

from domain.record import record
from domain.ticket.words import Category, Format, Status
from projections.ports import Reader
from projections.search.queries import query_of
from projections.search.rows import SAMPLED, Terms, Where, mark_of
from projections.search.words import text_of

MOST_WORDS = 24
"""Words that lead to other tickets."""

MOST_CANDIDATES = 600
_COMPARED = 60
"""Tickets that the words lead to, and those of them that are compared as a whole."""

LEAST = 0.12
"""What is less alike is not shown."""

_IN_SUBJECT = 3.0
_SAME = {"category": 0.1, "organisation": 0.05}
"""How much more a word of the subject counts, and what the same attribute adds."""


@record
class Alike:
    """A ticket that resembles another one, and the words that both have; `score` is at most 1."""

    ticket: str
    score: float
    words: tuple[str, ...]


def alike(reader: Reader, workspace: str, ticket: str, limit: int) -> list[Alike]:
    """Up to `limit` finished and as many open tickets like this one: first those that are finished.

    Each part is sorted by likeness. Tickets that were merged or cancelled are left out.
    """
    found = reader.fetch(_ONE, {"ticket": ticket})
    if not found:
        return []
    own = found[0]
    words = _weighed(reader, Terms(own["terms"]))
    leading = _leading(words)
    if not leading:
        return []
    query = query_of([[word] for word in leading], joined="|", whole=True)
    candidates = reader.fetch(
        _CANDIDATES,
        {
            "query": f"'{mark_of(workspace)}' & ({query})",
            "words": query,
            "ticket": ticket,
            "gone": [Status.MERGED.value, Status.CANCELLED.value],
            "most": MOST_CANDIDATES,
            "compared": _COMPARED,
        },
    )
    total = _particular(words, candidates)
    compared = [_compared(own, row, words, total) for row in candidates]
    close = sorted(
        ((one, row) for one, row in zip(compared, candidates, strict=True) if one.score >= LEAST),
        key=lambda pair: (-pair[0].score, -pair[1]["number"]),
    )
    done = [one for one, row in close if row["status_category"] in _DONE]
    open_ = [one for one, row in close if row["status_category"] not in _DONE]
    return [*done[:limit], *open_[:limit]]


_DONE = (Category.DONE.value, Category.FINAL.value)
_ONE = """
SELECT s.terms::text AS terms, t.category, t.organisation
FROM read.search_ticket s JOIN read.ticket t USING (ticket) WHERE s.ticket = %(ticket)s
"""
_CANDIDATES = """
SELECT s.ticket, s.number, s.terms::text AS terms, t.category, t.organisation, t.status_category
FROM (
    SELECT ticket, number, terms, ts_rank('{0, 0.1, 0.4, 1}', terms, %(words)s::tsquery) AS rank
    FROM (
        SELECT ticket, number, terms FROM read.search_ticket
        WHERE terms @@ %(query)s::tsquery AND ticket <> %(ticket)s LIMIT %(most)s
    ) AS found ORDER BY rank DESC, number DESC LIMIT %(compared)s
) AS s JOIN read.ticket t USING (ticket)
WHERE t.status <> ALL (%(gone)s::text[]) ORDER BY s.rank DESC, s.number DESC
"""


@record
class _Word:
    """How much a word says about a ticket, and about how many tickets have it (0: a few)."""

    weight: float
    tickets: int


def _weighed(reader: Reader, terms: Terms) -> dict[str, _Word]:
    """A ticket's words: the rarer one is the more it says, and most in the subject."""
    subject = terms.words((Where.SUBJECT,))
    words = {w for w in subject | terms.words((Where.MESSAGE,)) if len(w) > 1}
    counted = {
        row["word"]: row["tickets"]
        for row in reader.fetch(
            "SELECT word, tickets FROM read.search_word WHERE word = ANY (%(words)s)",
            {"words": ["", *words]},
        )
    }
    sampled = counted.pop("", 0)
    return {
        word: _Word(
            weight=log((sampled + 2) / (counted.get(word, 0) + 1))
            * (_IN_SUBJECT if word in subject else 1.0),
            tickets=counted.get(word, 0) * SAMPLED,
        )
        for word in words
    }


def _leading(words: Mapping[str, _Word]) -> list[str]:
    """Words that say much, and lead to no more tickets than can be looked at.

    Half of them are known to be in other tickets; of the rest nobody knows.
    """
    ranked = sorted(words, key=lambda word: (-words[word].weight, word))
    rare = [word for word in ranked if not words[word].tickets][: MOST_WORDS // 2]
    known: list[str] = []
    room = MOST_CANDIDATES
    for word in ranked:
        if 0 < words[word].tickets <= room and len(known) < MOST_WORDS // 2:
            known.append(word)
            room -= words[word].tickets
    return [*known, *rare]


def _particular(words: Mapping[str, _Word], others: Iterable[Mapping[str, Any]]) -> float:
    """The weight of all words that others may have, too: not of names and slips of the pen."""
    total = sum(word.weight for word in words.values())
    theirs = {word for row in others for word in _words_of(row)}
    known = sum(word.weight for name, word in words.items() if word.tickets or name in theirs)
    return max(known, total / 2)


def _words_of(row: Mapping[str, Any]) -> set[str]:
    return Terms(row["terms"]).words((Where.SUBJECT, Where.MESSAGE))


def _compared(
    own: Mapping[str, Any], other: Mapping[str, Any], words: Mapping[str, _Word], total: float
) -> Alike:
    shared = sorted(words.keys() & _words_of(other), key=lambda word: (-words[word].weight, word))
    score = sum(words[word].weight for word in shared) / total if total else 0.0
    same = sum(
        more for name, more in _SAME.items() if own[name] is not None and own[name] == other[name]
    )
    return Alike(
        ticket=other["ticket"], score=round(min(1.0, score + same), 3), words=tuple(shared[:8])
    )


@record
class Solution:
    """How a ticket was resolved last: the note, and the last public reply, if there are any."""

    at: datetime
    code: str
    note: str | None
    reply: str | None


LONGEST_REPLY = 300
"""Letters of the last reply."""


def solutions(reader: Reader, tickets: Sequence[str]) -> dict[str, Solution]:
    """How each of these tickets was resolved, of those that were and still are."""
    if not tickets:
        return {}
    rows = reader.fetch(_SOLUTIONS, {"tickets": list(tickets)})
    return {
        row["ticket"]: Solution(
            at=row["at"],
            code=row["resolution_code"],
            note=row["note"] or None,
            reply=_short(row["body"], row["format"]),
        )
        for row in rows
    }


_SOLUTIONS = f"""
SELECT t.ticket, t.resolved_at AS at, t.resolution_code, said.note, reply.body, reply.format
FROM read.ticket t
LEFT JOIN LATERAL (
    SELECT details ->> 'note' AS note FROM read.conversation_entry
    WHERE ticket = t.ticket AND event = 'ticket.resolved' ORDER BY version DESC LIMIT 1
) AS said ON true
LEFT JOIN LATERAL (
    SELECT left(body, {20 * LONGEST_REPLY}) AS body, format FROM read.conversation_entry
    WHERE ticket = t.ticket AND kind = 'reply' AND body <> '' ORDER BY version DESC LIMIT 1
) AS reply ON true
WHERE t.ticket = ANY (%(tickets)s) AND t.resolved_at IS NOT NULL AND t.resolution_code IS NOT NULL
    AND NOT t.backlog
"""  # noqa: S608 - literals


def _short(body: str | None, how: str | None) -> str | None:
    if body is None:
        return None
    text = text_of(body) if how == Format.HTML else " ".join(body.split())
    return text if len(text) <= LONGEST_REPLY else f"{text[:LONGEST_REPLY].rstrip()}…"
