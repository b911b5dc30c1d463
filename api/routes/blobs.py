"""Files: brought before they are beside a message, and fetched from there."""

from typing import Annotated

from fastapi import Depends, Path, Query
from pydantic import StringConstraints
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.answers import Answer
from api.auth.allow import Allow
from api.auth.permissions import Permission
from api.files.incoming import incoming
from api.files.keeping import keep
from api.files.sending import send
from api.problems import Problem
from api.reading import SeesTickets, services_of
from api.routes.tickets import TicketRef
from api.routing import strict_router
from api.shapes import headers
from api.shapes.files import BINARY, FILE
from api.shapes.naming import answers
from domain.access import Principal
from domain.ids import BlobId
from domain.ticket.messages import Attachment
from projections import conversation

router = strict_router("files")

MayWrite = Annotated[Principal, Depends(Allow(Permission.ASK))]
BlobRef = Annotated[
    str,
    Path(
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 of a file's content, in hex.",
        examples=["0" * 64],
    ),
]


@router.post(
    "/blobs",
    summary="Bring a file",
    status_code=201,
    responses=answers(Attachment, status=201, headers=headers.OF_FILE_KEPT),
    openapi_extra=BINARY,
)
async def post_blob(
    request: Request,
    principal: MayWrite,
    name: Annotated[
        str,
        StringConstraints(max_length=1_000),
        Query(description="What the file is called.", examples=["scan.png"]),
    ] = "",
) -> Answer:
    """The body is the file itself, and `Content-Type` what it is held for.

    What it is, its content says: `media_type` in the answer. Programs and scripts are refused, and
    so is what is called an image or a PDF and is something else. Put the answer into `attachments`
    of a message; a file that is in none is removed after a while.
    """
    services = services_of(request)
    with incoming() as file:
        await file.take(request.stream())
        claimed = request.headers.get("content-type", "")
        upload = await run_in_threadpool(keep, services, principal, file, name, claimed)
    kept = Attachment(
        blob=upload.blob, name=upload.name, media_type=upload.media_type, size=upload.size
    )
    return Answer(kept, 201, {"Location": f"/api/v1/blobs/{upload.blob}"})


@router.get(
    "/blobs/{blob}",
    summary="A file that one brought",
    response_class=Response,
    responses=dict(FILE),
)
def get_blob(request: Request, principal: MayWrite, blob: BlobRef) -> Response:
    """Before it is sent, only who brought a file gets it back."""
    services = services_of(request)
    upload = services.uploads.find(principal.workspace, BlobId(blob), principal.actor)
    if upload is None:
        raise Problem("not-found", "You have brought no such file.")
    return send(
        services.blobs,
        principal.workspace,
        upload.blob,
        name=upload.name,
        media_type=upload.media_type,
        asked=request.headers,
    )


@router.get(
    "/tickets/{ticket}/attachments/{blob}",
    summary="A file beside a message",
    response_class=Response,
    responses=dict(FILE),
)
def get_attachment(
    request: Request, reading: SeesTickets, ticket: TicketRef, blob: BlobRef
) -> Response:
    """A file in an entry that the ticket shows and the reader may see.

    Images and plain text may be shown by a browser, all else is saved. It never changes.
    """
    principal = reading.principal
    ident, _ = reading.ticket(ticket)
    shown = conversation.files(
        reading.view("conversation"),
        ident,
        blob,
        public_only=principal.is_requester,
        foreign=reading.foreign(ident),
    )
    if not shown:
        raise Problem("not-found", "There is no such file beside a message for you here.")
    file = shown[-1]
    return send(
        reading.services.blobs,
        principal.workspace,
        BlobId(blob),
        name=file["name"],
        media_type=file["media_type"],
        asked=request.headers,
    )
