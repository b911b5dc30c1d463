"""Notifications: what an agent is told of, and what they have read."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import Field

from api.answers import PRIVATE, Answer
from api.auth.permissions import Permission
from api.bodies import Body, Text
from api.notifications import OwnNotifications
from api.paging import Pages
from api.problems import Problem
from api.reading import Reading, reads
from api.routing import strict_router
from api.shapes.naming import answers
from api.shapes.notifications import Notifications, Unread
from projections.notifications import MOST_NOTIFICATIONS

router = strict_router("notifications")

Works = Annotated[Reading, Depends(reads(Permission.WORK))]


class ReadBody(Body):
    """Some of them, or all."""

    ids: Annotated[
        tuple[Annotated[Text, Field(max_length=100)], ...] | None,
        Field(
            max_length=1_000,
            description="Ids of notifications that were read.",
            examples=[["5f0d6f0c-7f64-5bb4-9d53-0a6b8e1f2c11"]],
        ),
    ] = None
    all: Annotated[
        bool | None, Field(description="True: everything was read.", examples=[None])
    ] = None


@router.get("/notifications", summary="What one was told of", responses=answers(Notifications))
def list_notifications(
    reading: Works,
    after: Annotated[
        str | None, Query(max_length=4_096, description="`next` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_NOTIFICATIONS)] = 30,
) -> Answer:
    """Latest first. What is older than 30 days counts as read.

    Mentions, what a clock reached, work that somebody gave one, and what others wrote on tickets
    that one owns or follows.
    """
    principal = reading.principal
    pages = Pages(reading.services.signer, principal.workspace, principal.person, "notifications")
    place = pages.after(after)
    own = OwnNotifications(reading)
    items, following = own.page(
        None if place is None else (datetime.fromisoformat(place[0]), place[1]), limit
    )
    body = {"items": items, "unread": own.unread(), "next": pages.next(following)}
    return Answer(body, 200, PRIVATE)


@router.post("/notifications/read", summary="Say what one has read", responses=answers(Unread))
def read_notifications(reading: Works, body: ReadBody) -> Answer:
    """By their ids, or all that there is. What was read stays read."""
    own = OwnNotifications(reading)
    if (body.ids is None) == (body.all is not True):
        fault = {"in": "body", "field": "ids", "message": "give ids, or all: true",
                 "what_to_do": "Give one of the two."}  # fmt: skip
        raise Problem("invalid", "Give ids, or all: true.", errors=[fault])
    if body.ids is None:
        own.read_all()
    else:
        own.read(body.ids)
    return Answer({"unread": own.unread()}, 200, PRIVATE)
