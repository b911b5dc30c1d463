"""Files that a message names become facts: looked up in the list of what was uploaded.

A command is decided without a look outside, so it has to bring what a file is. Nobody is believed
on that: what is known of the upload is what counts.
"""

from collections.abc import Sequence

from api.bodies import AttachmentBody
from api.services import Services
from domain.access import Principal
from domain.errors import Invalid
from domain.ids import BlobId
from domain.ticket.messages import ATTACHMENTS_LIMIT, Attachment, file_name


def attached(
    services: Services, principal: Principal, named: Sequence[AttachmentBody]
) -> tuple[Attachment, ...]:
    """The files, with their type and size. A requester names own uploads, staff those of anybody.

    Raises Invalid for a file that was not uploaded, or is another one than was named.
    """
    if len(named) > ATTACHMENTS_LIMIT:
        raise Invalid(
            f"A message has at most {ATTACHMENTS_LIMIT} attachments.",
            field="attachments",
            limit=ATTACHMENTS_LIMIT,
        )
    uploads = services.uploads.claim(
        principal.workspace,
        [BlobId(one.blob) for one in named],
        principal.actor if principal.is_requester else None,
        services.clock.now(),
    )
    files = []
    for place, one in enumerate(named):
        upload = uploads.get(BlobId(one.blob))
        if upload is None:
            raise Invalid(
                "This file was not uploaded here: post it to /blobs first.",
                field=f"attachments[{place}].blob",
            )
        for fact in ("media_type", "size"):
            given, known = getattr(one, fact), getattr(upload, fact)
            if given is not None and given != known:
                raise Invalid(
                    f"The file's {fact.replace('_', ' ')} is {known}.",
                    field=f"attachments[{place}].{fact}",
                )
        files.append(
            Attachment(
                blob=upload.blob,
                name=file_name(one.name or upload.name),
                media_type=upload.media_type,
                size=upload.size,
            )
        )
    return tuple(files)
