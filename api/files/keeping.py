"""Keeping a file that somebody brought: recognised, allowed, kept, and then listed."""

import time
from datetime import timedelta

from api.files.incoming import Incoming
from api.files.recognise import recognise
from api.problems import Problem
from api.services import Services
from commands.blob_ports import BlobsUnavailable, Upload
from domain.access import Principal
from domain.ticket.messages import file_name

_DAY = timedelta(days=1)
_LOOKS, _PAUSE = 20, 0.25
"""How often, and after how many seconds, it is tried whether a removal is over."""


def keep(
    services: Services, principal: Principal, file: Incoming, name: str, claimed: str
) -> Upload:
    """Keep a file for its sender to put beside a message.

    Raises Problem for what may not come in, NoRoom, BlobsUnavailable, StoreUnavailable; then
    nothing is kept.
    """
    name = file_name(name)
    if not file.size:
        fault = {"in": "body", "field": "", "message": "the file is empty",
                 "what_to_do": "Choose a file that has something in it."}  # fmt: skip
        raise Problem("invalid", "The file is empty.", errors=[fault])
    media_type = recognise(file.content, name)
    services.file_rules.check(media_type, name, claimed)
    upload = Upload(
        workspace=principal.workspace,
        blob=file.blob,
        by=principal.actor,
        name=name,
        media_type=media_type,
        size=file.size,
        used_at=services.clock.now(),
    )
    _refuse_flood(services, upload)
    for _ in range(_LOOKS):
        if services.uploads.expect(upload):
            services.blobs.put(upload.workspace, upload.blob, file.content)
            services.uploads.arrived(upload)
            return upload
        time.sleep(_PAUSE)
    raise BlobsUnavailable("An older file of the same content is being removed.")


def _refuse_flood(services: Services, upload: Upload) -> None:
    """One person does not fill the disk in a day."""
    most = services.settings.upload_per_day
    if not most:
        return
    brought = services.uploads.brought(upload.workspace, upload.by, upload.used_at - _DAY)
    if brought + upload.size > most:
        raise Problem(
            "too-many-uploads",
            f"Files of {most:,} bytes a day are taken of one person.",
            headers={"Retry-After": "3600"},
            limit=most,
        )
