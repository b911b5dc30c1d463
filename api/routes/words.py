"""Tags and categories in use, to complete what is typed."""

from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, StringConstraints

from api.answers import PRIVATE, Answer
from api.reading import Reading, SeesCounters
from api.routing import strict_router
from api.shapes.naming import answers
from api.shapes.tickets import WordsInUse
from api.text import clean
from projections import ticket_words
from projections.ticket_words import Word

router = strict_router("tickets")

Search = Annotated[
    Annotated[str, StringConstraints(max_length=200), AfterValidator(clean)] | None,
    Query(description="Part of it; those that begin with it come first."),
]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/tags", summary="Tags in use", responses=answers(WordsInUse))
def list_tags(reading: SeesCounters, search: Search = None, limit: Limit = 20) -> Answer:
    """The commonest first, with how many tickets have each."""
    return _words(reading, Word.TAG, search, limit)


@router.get("/categories", summary="Categories in use", responses=answers(WordsInUse))
def list_categories(reading: SeesCounters, search: Search = None, limit: Limit = 20) -> Answer:
    """The commonest first, with how many tickets have each."""
    return _words(reading, Word.CATEGORY, search, limit)


def _words(reading: Reading, kind: Word, search: str | None, limit: int) -> Answer:
    items = ticket_words.completed(reading.view("queue"), kind, search, limit)
    return Answer({"items": items}, 200, PRIVATE)
