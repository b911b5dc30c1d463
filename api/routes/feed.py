"""The feed over HTTP: everything that happens in the workspace, once, in order, without a gap."""

from collections.abc import Callable
from typing import Annotated, Literal

import orjson
from fastapi import Depends, Header, Query
from pydantic import StringConstraints
from starlette.responses import Response

from api.answers import PRIVATE, Answer
from api.auth.permissions import Permission
from api.feed import Cursor, FeedCursors, FeedPage, cursor_at, explained, read_page, wanted_types
from api.feed_stream import FeedStream, Reader
from api.problems import Problem
from api.reading import Reading, reads
from api.routing import strict_router
from api.shapes.feed import CloudEvent, FeedEvents
from api.shapes.naming import EVENTS, answers, streams
from domain.kinds import kind_of
from projections.following import HoleInTheLog, OtherHistory

router = strict_router("feed")

Follows = Annotated[Reading, Depends(reads(Permission.FOLLOW_FEED))]
Token = Annotated[str, StringConstraints(max_length=4_096)]

After = Annotated[
    Token | None, Query(description="`next` of the page before; without it, see `start`.")
]
Start = Annotated[
    Literal["first", "now"],
    Query(description="Where to begin without a cursor: with the first event, or with the next."),
]
Types = Annotated[
    list[Annotated[str, StringConstraints(max_length=100)]],
    Query(
        description="Only these: kinds, such as ticket.opened, or categories, such as ticket.",
        max_length=100,
        examples=[["ticket.opened", "requester"]],
    ),
]

_EVENTS = streams(
    CloudEvent,
    media_type=EVENTS,
    description="Server-sent events: each is a CloudEvent, and its id the cursor after it.",
)


@router.get("/feed", summary="What happened after a cursor", responses=answers(FeedEvents))
def read_feed(
    reading: Follows,
    after: After = None,
    start: Start = "first",
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    type_: Annotated[Types, Query(alias="type")] = [],  # noqa: B006 - FastAPI copies it
) -> Answer:
    """Every event of the workspace, in the order of its lane. Go on from `next` for ever.

    410 when the cursor is of a history that was replaced: begin anew.
    """
    cursors = FeedCursors(reading.services.signer, reading.principal.workspace)
    page = _reader(reading, limit, type_)(_begin(reading, cursors, after, start))
    body = {
        "events": [orjson.Fragment(reading.services.told(event)) for event, _ in page.events],
        "next": cursors.seal(page.cursor),
        "more": page.more,
    }
    return Answer(body, 200, PRIVATE)


@router.get(
    "/feed/stream",
    summary="What happens from a cursor on, as it happens",
    response_class=Response,
    responses=_EVENTS,
)
def stream_feed(
    reading: Follows,
    after: After = None,
    start: Start = "first",
    type_: Annotated[Types, Query(alias="type")] = [],  # noqa: B006 - FastAPI copies it
    last_event_id: Annotated[
        Token | None,
        Header(
            alias="Last-Event-ID",
            description="As browsers send it: go on after that event. It comes before `after`.",
        ),
    ] = None,
) -> Response:
    """The same as server-sent events. It ends with the token, and now and then: connect again."""
    services, principal = reading.services, reading.principal
    cursors = FeedCursors(services.signer, principal.workspace)

    def text(page: FeedPage) -> bytes:
        return b"".join(
            b"id: %b\ndata: %b\n\n" % (cursors.seal(cursor).encode(), services.told(event))
            for event, cursor in page.events
        )

    reader = Reader(
        principal=principal,
        cursor=_begin(reading, cursors, last_event_id or after, start),
        read=_reader(reading, 200, type_),
        write=text,
        seal=cursors.seal,
        ended=lambda: bool(services.access.ended([principal.token], services.clock.now())),
        stopping=lambda: services.live.ended,
    )
    return FeedStream(services.feed_streams, reader, services.settings.stream_seconds)


def _begin(reading: Reading, cursors: FeedCursors, token: str | None, start: str) -> Cursor:
    if token is None and start == "now":
        return cursor_at(reading.services.feed, dict(reading.services.feed.head().lanes))
    return cursors.open(token)


def _reader(reading: Reading, limit: int, types: list[str]) -> Callable[[Cursor], FeedPage]:
    try:
        kinds = wanted_types(types)
    except ValueError as error:
        fault = {"in": "query", "field": "type", "message": str(error),
                 "what_to_do": "Name kinds of events or categories."}  # fmt: skip
        raise Problem("invalid", str(error), errors=[fault]) from None
    workspace, feed = reading.principal.workspace, reading.services.feed

    def read(cursor: Cursor) -> FeedPage:
        try:
            return read_page(
                feed,
                cursor,
                limit,
                lambda r: r.workspace == workspace and kind_of(type(r.event)) in kinds,
            )
        except (OtherHistory, HoleInTheLog) as fault:
            raise explained(fault) from None

    return read
