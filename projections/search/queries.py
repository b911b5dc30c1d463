"""Finds tickets and requesters by words, the best first."""

from collections.abc import Sequence

from domain.record import record
from projections.ports import Reader
from projections.search.rows import ERA, PUBLIC, mark_of, mark_of_era
from projections.search.words import asked, is_paired

MOST_RANKED = 300
"""Of a word that more tickets have, the newest ones with it are ranked, at least so many."""

_FIRST_ERAS = 1
_MORE = 4
"""Eras that are looked at when there are too many tickets for all: one, four more, sixteen ..."""

SHORTEST_BEGINNING = 2
"""Letters that are taken for the beginning of a word; a single one stands for itself. In a script
that is indexed in pairs, a single one is the beginning of a pair, and a pair is whole."""


@record
class FoundTicket:
    """`score` is comparable within one search only."""

    ticket: str
    number: int
    score: float


def query_of(
    groups: Sequence[Sequence[str]], places: str = "", joined: str = "&", *, whole: bool = False
) -> str:
    """What is asked for as the database reads it. Words hold letters and digits, and no quotes.

    A word may be the beginning of one unless it has to be `whole`.
    """
    return joined.join(
        f"({'&'.join(_word(word, places, whole=whole) for word in group)})" for group in groups
    )


def _word(word: str, places: str, *, whole: bool) -> str:
    begins = "" if whole or (len(word) < SHORTEST_BEGINNING) is not is_paired(word) else "*"
    flags = f":{begins}{places}" if begins or places else ""
    return f"'{word}'{flags}"


def tickets(
    reader: Reader, workspace: str, text: str, limit: int, *, requester: str | None = None
) -> list[FoundTicket]:
    """The tickets that have all of the words (else, of several, those with some), the best first.

    A word may be the beginning of one. Subjects count most, then the requester's messages, replies,
    and notes. With `requester`, only this one's tickets, by what is public in them.
    """
    groups = asked(text)
    if not groups:
        return []
    search = _Search(reader, workspace, groups, requester)
    found = search.run("&")
    if not found and len(groups) > 1:
        found = search.run("|")
    return sorted(found, key=lambda one: (-one.score, -one.number))[:limit]


class _Search:
    """One question in one workspace."""

    def __init__(
        self,
        reader: Reader,
        workspace: str,
        groups: Sequence[Sequence[str]],
        requester: str | None,
    ) -> None:
        self._reader = reader
        self._workspace = workspace
        self._groups = groups
        self._requester = requester
        self._places = "" if requester is None else PUBLIC

    def run(self, joined: str) -> list[FoundTicket]:
        """All that there are, or the newest of too many."""
        query = query_of(self._groups, self._places, joined)
        found = self._fetch(f"'{mark_of(self._workspace)}' & ({query})", MOST_RANKED + 1)
        if len(found) <= MOST_RANKED:
            return found
        found, eras = [], _FIRST_ERAS
        era = self._last_era()
        while era >= 0 and len(found) < MOST_RANKED:
            marks = [f"'{mark_of_era(self._workspace, n)}'" for n in _down(era, eras)]
            found += self._fetch(f"({'|'.join(marks)}) & ({query})", None)
            era, eras = era - eras, eras * _MORE
        return found

    def _fetch(self, query: str, most: int | None) -> list[FoundTicket]:
        own = "" if self._requester is None else " AND requester = %(requester)s"
        rows = self._reader.fetch(
            f"{_FOUND}{own} LIMIT %(most)s",
            {
                "query": query,
                "words": query_of([[w] for g in self._groups for w in g], self._places, "|"),
                "requester": self._requester,
                "most": most,
            },
        )
        newest = max((row["number"] for row in rows), default=1)
        return [
            FoundTicket(
                ticket=row["ticket"],
                number=row["number"],
                score=row["rank"] + _RECENCY * row["number"] / newest,
            )
            for row in rows
        ]

    def _last_era(self) -> int:
        found = self._reader.fetch("SELECT max(number) AS last FROM read.search_ticket")
        return (found[0]["last"] or 0) // ERA


_RECENCY = 0.05
"""What the newest ticket has before the oldest one that says the same."""

_FOUND = """
SELECT ticket, number,
       ts_rank('{0.1, 0.2, 0.4, 1}', terms, %(words)s::tsquery)::float8 AS rank
FROM read.search_ticket WHERE terms @@ %(query)s::tsquery"""


def _down(era: int, eras: int) -> range:
    return range(era, max(-1, era - eras), -1)


def requesters(reader: Reader, workspace: str, text: str, limit: int) -> list[str]:
    """Ids of requesters whose name, id or addresses have all of the words; names count most."""
    groups = asked(text)
    if not groups:
        return []
    words = query_of([[word] for group in groups for word in group], joined="|")
    rows = reader.fetch(
        _REQUESTERS,
        {
            "query": f"'{mark_of(workspace)}' & ({query_of(groups)})",
            "words": words,
            "most": MOST_RANKED,
            "limit": limit,
        },
    )
    return [row["id"] for row in rows]


_REQUESTERS = """
SELECT id FROM (
    SELECT id, name, ts_rank('{0.1, 0.2, 0.4, 1}', terms, %(words)s::tsquery) AS rank
    FROM read.search_requester WHERE terms @@ %(query)s::tsquery LIMIT %(most)s
) AS found ORDER BY rank DESC, name, id LIMIT %(limit)s
"""
