"""What answers say in their headers: name to what it means."""

OF_VERSION = {"ETag": "The version, as If-Match takes it."}

OF_COMMAND = {
    **OF_VERSION,
    "Idempotency-Key": "The id of the command: the one that was sent, or else one made here.",
    "Idempotent-Replayed": "`true`: it was asked for before, and this is the first answer again.",
    "X-Chronodesk-Position": "Send it along with a read that has to show this change.",
}

OF_CREATION = {**OF_COMMAND, "Location": "Where the new thing is."}
