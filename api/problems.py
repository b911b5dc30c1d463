"""Everything that can be wrong with a request, as RFC 9457 problem details. One literal table.

A problem's `type` is `/problems/<code>`, which is also a page that explains it. Codes are public
and stable: clients switch on them.
"""

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException

from domain.record import record


@record
class Kind:
    """One kind of problem: its status, its title, and what the reader can do about it."""

    status: int
    title: str
    remedy: str


PROBLEMS: dict[str, Kind] = {
    "bad-request": Kind(
        status=400, title="Bad request", remedy="Send what `detail` asks for, and try again."
    ),
    "bad-json": Kind(
        status=400,
        title="The body is not good JSON",
        remedy="Send one JSON object in UTF-8: no duplicate keys, no NaN, no NUL characters, not "
        "nested deeper than 32 levels.",
    ),
    "bad-cursor": Kind(
        status=400,
        title="The cursor is not one of ours",
        remedy="Use `next` of the previous page unchanged and with the same filters, or begin at "
        "the first page by leaving `cursor` out.",
    ),
    "bad-position": Kind(
        status=400,
        title="The position is not one of ours",
        remedy="Send back an `X-Chronodesk-Position` of this desk unchanged, or leave it out.",
    ),
    "not-signed-in": Kind(
        status=401,
        title="Sign in first",
        remedy="Sign in with POST /api/v1/session, or send `Authorization: Bearer <token>` with a "
        "token from there or from `chronodesk user token`.",
    ),
    "wrong-password": Kind(
        status=401,
        title="Wrong e-mail address or password",
        remedy="Check both; an administrator can set a new password with `chronodesk user`.",
    ),
    "forbidden": Kind(
        status=403,
        title="Your role may not do this",
        remedy="Ask somebody with one of the roles in `allowed`.",
    ),
    "csrf": Kind(
        status=403,
        title="The request does not prove that it comes from this desk's own pages",
        remedy="Send the header `X-CSRF-Token` with `csrf` of GET /api/v1/me. A program uses "
        "`Authorization: Bearer <token>` instead of the cookie, and needs no such header.",
    ),
    "other-site": Kind(
        status=403,
        title="Another site may not do this here",
        remedy="Open the desk itself and sign in there. If this is the desk, its proxy changes the "
        "`Host` header: set CHRONODESK_PUBLIC_URL to the address in the browser.",
    ),
    "password-off": Kind(
        status=403,
        title="Passwords are not used here",
        remedy="Sign in through one of the `providers` of GET /api/v1/sign-in.",
    ),
    "sign-in-expired": Kind(
        status=403,
        title="This sign-in is not one that was begun here just now",
        remedy="Begin again on the sign-in page, and let the browser keep cookies of this desk.",
    ),
    "provider-refused": Kind(
        status=403,
        title="The sign-in provider says no",
        remedy="`detail` has its words. Try again, or ask those who run the provider.",
    ),
    "identity-refused": Kind(
        status=403,
        title="What the sign-in provider said does not hold",
        remedy="Begin again on the sign-in page. If it happens each time, ask an administrator to "
        "look at the log of this desk and at the settings at both ends.",
    ),
    "no-role": Kind(
        status=403,
        title="You have no role at this desk",
        remedy="Ask those who run the sign-in provider for one of the groups or roles that this "
        "desk knows, then sign in again.",
    ),
    "no-email": Kind(
        status=403,
        title="You have no verified e-mail address",
        remedy="Verify your address at the sign-in provider, then sign in again.",
    ),
    "not-registered": Kind(
        status=403,
        title="This desk does not know you",
        remedy="Ask an administrator to register you, then sign in again.",
    ),
    "account-ended": Kind(
        status=403,
        title="Your access has ended",
        remedy="Ask an administrator whether that is meant to be so.",
    ),
    "not-found": Kind(
        status=404,
        title="There is nothing here",
        remedy="Check the address. What you may not see is reported as not there, too.",
    ),
    "method-not-allowed": Kind(
        status=405,
        title="This address does not take that method",
        remedy="Use one of the methods in `allowed`.",
    ),
    "not-allowed": Kind(
        status=409,
        title="The ticket's status does not allow this",
        remedy="Choose one of the commands in `allowed`.",
    ),
    "ticket-changed": Kind(
        status=409,
        title="The ticket has changed since you looked",
        remedy="Look at `events`, and if you still want it, send the command again with the new "
        "version in If-Match.",
    ),
    "draft-changed": Kind(
        status=409,
        title="The draft has changed since you looked",
        remedy="Look at `draft`, and save again with its revision what you want to keep of both.",
    ),
    "too-much-contention": Kind(
        status=409,
        title="Too many changes at once",
        remedy="Nothing was written. Send the same request again.",
    ),
    "selection-changed": Kind(
        status=409,
        title="Other tickets are found now than you saw",
        remedy="Nothing was done. Look at the list again; `tickets` is how many it shows now.",
    ),
    "cannot-undo": Kind(
        status=409,
        title="This cannot be undone",
        remedy="`detail` says why. Use a command that leads where you want to go.",
    ),
    "step-refused": Kind(
        status=409,
        title="A step of the macro was refused, so none was taken",
        remedy="`errors` names the step and `detail` the reason. Change the macro, or take the "
        "other steps one by one.",
    ),
    "refused": Kind(status=409, title="Refused", remedy="`detail` names the rule."),
    "other-history": Kind(
        status=410,
        title="The log does not have what you have",
        remedy="It was restored to a time before the event that you had last. Drop what you have "
        "from this feed, and begin anew without a cursor.",
    ),
    "file-mismatch": Kind(
        status=415,
        title="The file is not what it is called",
        remedy="Save it under an ending that fits its content, `media_type`, and send it again.",
    ),
    "file-refused": Kind(
        status=415,
        title="This kind of file is not taken",
        remedy="Send what matters in it in another form: as a text, a PDF or an image.",
    ),
    "bad-range": Kind(
        status=416,
        title="The file has no such part",
        remedy="Ask for bytes within the size in `Content-Range`, or leave `Range` out.",
    ),
    "too-large": Kind(
        status=413,
        title="The body is too large",
        remedy="Send less at a time; `limit` is in bytes.",
    ),
    "not-json": Kind(
        status=415,
        title="The body must be JSON",
        remedy="Send `Content-Type: application/json`.",
    ),
    "invalid": Kind(
        status=422,
        title="Something in the request is not valid",
        remedy="`errors` lists each field and what to do about it.",
    ),
    "command-id-reused": Kind(
        status=422,
        title="This Idempotency-Key was used for another request",
        remedy="Make a new key for each new request; repeat a request only unchanged.",
    ),
    "if-match-required": Kind(
        status=428,
        title="Say which version you looked at",
        remedy="Send `If-Match` with the ETag of what you looked at, so that nobody's "
        "change is overwritten unseen; `If-Match: *` takes whatever it is now.",
    ),
    "too-many-requests": Kind(
        status=429,
        title="Too many requests",
        remedy="Wait for the seconds in `Retry-After`.",
    ),
    "too-many-streams": Kind(
        status=429,
        title="Too many live streams",
        remedy="Close a window that you no longer need: one stream can serve several. `limit` is "
        "per person and process.",
    ),
    "locked-out": Kind(
        status=429,
        title="Too many wrong passwords",
        remedy="Wait for the seconds in `Retry-After`. An administrator can end the wait with "
        "`chronodesk user unlock`.",
    ),
    "too-many-uploads": Kind(
        status=429,
        title="Too many files in one day",
        remedy="Wait, or send less; an administrator can raise the limit, `limit` in bytes.",
    ),
    "headers-too-large": Kind(
        status=431, title="A header is too long", remedy="Shorten the header in `detail`."
    ),
    "internal": Kind(
        status=500,
        title="Something went wrong here",
        remedy="It is not your fault. Repeat the request with the same Idempotency-Key; if it "
        "fails again, report it with the `request_id`.",
    ),
    "unavailable": Kind(
        status=503,
        title="The database is away",
        remedy="Repeat the request with the same Idempotency-Key after the seconds in "
        "`Retry-After`: if it was written, you get the first answer.",
    ),
    "provider-away": Kind(
        status=503,
        title="The sign-in provider does not answer",
        remedy="Try again in a minute. If it goes on, ask an administrator to look at the log.",
    ),
    "files-unavailable": Kind(
        status=503,
        title="The files are away",
        remedy="Nothing was kept. Repeat the request after the seconds in `Retry-After`.",
    ),
    "no-room": Kind(
        status=507,
        title="There is no room for files",
        remedy="Nothing was kept. Tell an administrator: the disk or the store of files is full.",
    ),
    "view-being-built": Kind(
        status=503,
        title="The view is being built",
        remedy="Repeat the read after the seconds in `Retry-After`; commands work meanwhile. "
        "`chronodesk status` says how far it is.",
    ),
    "not-yet-visible": Kind(
        status=503,
        title="The view is not up to date yet",
        remedy="The change is safe. Repeat the read after the seconds in `Retry-After`.",
    ),
}


class Problem(HTTPException):
    """A request that gets a problem document: `code` is one of the table, `details` are added."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **details: object,
    ) -> None:
        super().__init__(PROBLEMS[code].status, detail, headers=headers)
        self.code = code
        self.details = details


def document(code: str, detail: str, instance: str, request_id: str, **more: Any) -> dict[str, Any]:
    """The body of a problem response."""
    kind = PROBLEMS[code]
    return {
        "type": f"/problems/{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": instance,
        "request_id": request_id,
        "what_to_do": kind.remedy,
        **more,
    }
