"""Drafts: saved while one writes, read on the next device."""

from typing import Annotated

from fastapi import Depends
from pydantic import Field
from starlette.responses import Response

from api.answers import PRIVATE, Answer
from api.attaching import attached
from api.auth.permissions import Permission
from api.bodies import AttachmentBody, Body, Text, Whole
from api.drafts import OwnDrafts
from api.problems import Problem
from api.reading import Reading, reads
from api.routes.tickets import TicketRef
from api.routing import strict_router
from api.shapes.drafts import Draft as DraftShape
from api.shapes.drafts import Drafts, RemovedDraft
from api.shapes.naming import answers
from commands.add_note import MENTIONS_LIMIT
from domain.draft import Draft, DraftKind, NextStatus
from domain.ids import AgentId, TicketId
from projections import queue

router = strict_router("drafts")

Writes = Annotated[Reading, Depends(reads(Permission.WORK))]

MOST_DRAFTS = 200


class DraftBody(Body):
    """What is to be saved."""

    kind: Annotated[DraftKind, Field(description="What it will be.", examples=["reply"])]
    body: Annotated[
        Text, Field(description="What was written so far.", examples=["Please try to"])
    ] = ""
    next_status: Annotated[
        NextStatus | None, Field(description="Status after the reply.", examples=["pending"])
    ] = None
    attachments: Annotated[
        tuple[AttachmentBody, ...],
        Field(max_length=1_000, description="Files beside it.", examples=[[]]),
    ] = ()
    mentions: Annotated[
        tuple[Annotated[Text, Field(max_length=100)], ...],
        Field(max_length=MENTIONS_LIMIT, description="Ids of agents.", examples=[["kim"]]),
    ] = ()
    revision: Annotated[
        Whole | None,
        Field(description="That of the draft one has seen; null: there was none.", examples=[7]),
    ] = None


@router.get("/drafts", summary="What one has begun to write", responses=answers(Drafts))
def list_drafts(reading: Writes) -> Answer:
    """Own drafts on all tickets, the latest first, at most 200."""
    drafts = OwnDrafts(reading.services, reading.principal).all(MOST_DRAFTS)
    rows = queue.tickets(reading.view("queue"), [draft.ticket for draft in drafts])
    items = [
        {
            **_shown(draft),
            "ticket": draft.ticket,
            "number": row["number"],
            "subject": row["subject"],
        }
        for draft in drafts
        if (row := rows.get(draft.ticket)) is not None
    ]
    return Answer({"items": items}, 200, PRIVATE)


@router.get(
    "/tickets/{ticket}/draft",
    summary="One's draft on a ticket",
    responses={**answers(DraftShape), 204: {"description": "There is none"}},
)
def get_draft(reading: Writes, ticket: TicketRef) -> Response:
    """204 when there is none. What was sent word for word since is no draft any more."""
    ident, _ = reading.ticket(ticket)
    draft = OwnDrafts(reading.services, reading.principal).find(ident)
    if draft is None:
        return Response(status_code=204, headers=PRIVATE)
    return Answer(_shown(draft), 200, PRIVATE)


@router.put(
    "/tickets/{ticket}/draft", summary="Save one's draft on a ticket", responses=answers(DraftShape)
)
def put_draft(reading: Writes, ticket: TicketRef, body: DraftBody) -> Answer:
    """Saved over the `revision` one has seen.

    When it was saved from another device since, or removed there, nothing is overwritten:
    `draft-changed` brings the other one in `draft`, null when it was removed.
    """
    ident, _ = reading.ticket(ticket)
    drafts = OwnDrafts(reading.services, reading.principal)
    kept = drafts.keep(_made(reading, ident, body), body.revision)
    if kept is None:
        other = drafts.find(ident)
        raise Problem(
            "draft-changed",
            "It was saved or removed elsewhere since you looked.",
            draft=None if other is None else _shown(other),
        )
    return Answer(_shown(kept), 200, PRIVATE)


@router.delete(
    "/tickets/{ticket}/draft",
    summary="Give up one's draft on a ticket",
    responses=answers(RemovedDraft),
)
def delete_draft(reading: Writes, ticket: TicketRef) -> Answer:
    """When it was sent, or is not wanted any more. There need not be one."""
    ident, _ = reading.ticket(ticket)
    removed = OwnDrafts(reading.services, reading.principal).remove(ident)
    return Answer({"removed": removed}, 200, PRIVATE)


def _made(reading: Reading, ident: TicketId, body: DraftBody) -> Draft:
    services = reading.services
    return Draft(
        ticket=ident,
        kind=body.kind,
        body=body.body,
        next_status=body.next_status,
        attachments=attached(services, reading.principal, body.attachments),
        mentions=tuple(AgentId(agent) for agent in body.mentions),
        revision=body.revision or 0,
        updated_at=services.clock.now(),
    )


def _shown(draft: Draft) -> dict[str, object]:
    return {
        "kind": draft.kind,
        "body": draft.body,
        "next_status": draft.next_status,
        "attachments": draft.attachments,
        "mentions": draft.mentions,
        "revision": draft.revision,
        "updated_at": draft.updated_at,
    }
