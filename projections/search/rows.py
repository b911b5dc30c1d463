"""The tables of the search, and a ticket's words as the database indexes them."""

import zlib
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from domain.record import record
from projections.columns import columns_of
from projections.ports import Table

ERA = 1_024
"""Tickets of an era, by number: so that the newest of many can be looked at first."""

SAMPLED = 8
"""One ticket in so many is counted to tell how common a word is."""


class Where(StrEnum):
    """Where in a ticket a word stands, as the database weighs it."""

    SUBJECT = "A"
    MESSAGE = "B"
    """Of the requester, the description included."""
    REPLY = "C"
    NOTE = "D"
    """Internal: notes, and what was noted at the resolution."""


PUBLIC = f"{Where.SUBJECT}{Where.MESSAGE}{Where.REPLY}"


@record
class SearchedTicket:
    """A ticket's words (`terms`, see Terms). `room` is for how many more letters of text."""

    workspace: str
    ticket: str
    number: int
    requester: str
    room: int
    terms: str


@record
class SearchedSubject:
    """What a ticket's subject can be found by in its middle (see words.grams)."""

    workspace: str
    ticket: str
    grams: tuple[int, ...]


@record
class SearchedRequester:
    """A requester's words: id, name and addresses."""

    workspace: str
    id: str
    name: str
    addresses: tuple[str, ...]
    terms: str


@record
class CommonWord:
    """In how many tickets of the sample a word is; under the empty word, how many there are."""

    workspace: str
    word: str
    tickets: int


_LITTLE_PENDING = "WITH (gin_pending_list_limit = 256)"
"""Entries that wait to be put in order are looked at by each search: some hundreds of kilobytes."""

TICKET = Table(
    name="search_ticket",
    row=SearchedTicket,
    key=("workspace", "ticket"),
    ddl={**columns_of(SearchedTicket), "terms": "tsvector NOT NULL"},
    by_stream=True,
    searched=True,
    indexes=(
        f"USING gin (terms) {_LITTLE_PENDING}",
        "(workspace, number)",
        "(workspace, requester)",
    ),
)
SUBJECT = Table(
    name="search_subject",
    row=SearchedSubject,
    key=("workspace", "ticket"),
    ddl={**columns_of(SearchedSubject), "grams": "integer[] NOT NULL"},
    by_stream=True,
    searched=True,
    indexes=(f"USING gin (grams) {_LITTLE_PENDING}",),
)
REQUESTER = Table(
    name="search_requester",
    row=SearchedRequester,
    key=("workspace", "id"),
    ddl={**columns_of(SearchedRequester), "terms": "tsvector NOT NULL"},
    by_stream=True,
    searched=True,
    indexes=(f"USING gin (terms) {_LITTLE_PENDING}",),
)
COMMON_WORD = Table(
    name="search_word",
    row=CommonWord,
    key=("workspace", "word"),
    ddl=columns_of(CommonWord),
    summed=("tickets",),
)


class Terms:
    """Words and where they stand, between events as the text that the database keeps.

    Each word has one position per place where it stands, which says no more than that. Besides the
    words there are marks, which no text can hold: of the workspace and of the ticket's era.
    """

    def __init__(self, text: str = "") -> None:
        self._of: dict[str, str] = {}
        for entry in text.split():
            _, word, places = entry.split("'")
            self._of[word] = places[1:]

    def add(self, words: Iterable[str], where: Where) -> None:
        """These stand there, too."""
        place = _PLACES[where]
        for word in words:
            held = self._of.get(word, "")
            if place not in held:
                self._of[word] = ",".join(sorted([*held.split(","), place] if held else [place]))

    def remove(self, where: Where) -> None:
        """Nothing stands there any more."""
        place = _PLACES[where]
        kept = {
            word: ",".join(one for one in held.split(",") if one != place)
            for word, held in self._of.items()
            if held != place
        }
        self._of = kept

    def mark(self, marks: Collection[str]) -> None:
        """Marks have no place."""
        self._of |= dict.fromkeys(marks, "")

    def words(self, where: Collection[Where]) -> set[str]:
        """Those that stand in one of these places."""
        places = {_PLACES[one] for one in where}
        return {word for word, held in self._of.items() if places & set(held.split(","))}

    def __str__(self) -> str:
        """As the database writes it: in the order of the words, as bytes."""
        parts = sorted(self._of.items())
        return " ".join([f"'{word}':{held}" if held else f"'{word}'" for word, held in parts])


_PLACES: Mapping[Where, str] = {
    Where.SUBJECT: "1A",
    Where.MESSAGE: "2B",
    Where.REPLY: "3C",
    Where.NOTE: "4",
}


def mark_of(workspace: str) -> str:
    """Stands in every row of a workspace."""
    return f"~{zlib.crc32(workspace.encode()):x}"


def mark_of_era(workspace: str, era: int) -> str:
    """Stands in the tickets of a workspace that have numbers of that era."""
    return f"{mark_of(workspace)}.{era}"
