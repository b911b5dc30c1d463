"""Pages of the feed."""

from datetime import datetime
from typing import Any

from typing_extensions import TypedDict


class CloudEvent(TypedDict):
    """An event as others know it (CloudEvents 1.0).

    All attributes are text; one that the event does not have is null.
    `data` is described by the schema that `dataschema` names. `position` counts the events of the
    lane from 1 without a gap, over all workspaces; `streamversion` those of the subject.
    """

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    dataschema: str
    lane: str
    position: str
    workspace: str
    streamversion: str
    recordedtime: datetime
    commandid: str
    correlationid: str
    causationid: str | None
    traceparent: str | None
    importsystem: str | None
    importcase: str | None
    importrow: str | None
    datacontenttype: str
    data: dict[str, Any]


class FeedEvents(TypedDict):
    """What follows a cursor. `next` is always there: ask again with it, now or later.

    `more`: there is more already.
    """

    events: list[CloudEvent]
    next: str
    more: bool
