"""What answers say in their headers: name to what it means."""

OF_VERSION = {"ETag": "The version, as If-Match takes it."}

OF_REQUEST = {
    "Idempotency-Key": "The id of the request: the one that was sent, or else one made here.",
    "X-Chronodesk-Position": "Send it along with a read that has to show this change.",
}

OF_COMMAND = {
    **OF_VERSION,
    **OF_REQUEST,
    "Idempotent-Replayed": "`true`: it was asked for before, and this is the first answer again.",
}

WHERE_READING_BEGINS = {
    "X-Chronodesk-Position": "Where `/live` has to begin to tell of all that is read later."
}

OF_FILE = {"ETag": "The file's content: what has it is the same file."}

OF_FILE_KEPT = {"Location": "Where who brought it gets it back."}

OF_CREATION = {**OF_COMMAND, "Location": "Where the new thing is."}
OF_REPORT = {name: OF_COMMAND[name] for name in ("X-Chronodesk-Position", "Idempotent-Replayed")}
