"""Register requesters, and keep what is known about them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from commands.envelope import Command, Context
from commands.known import known_organisation, refuse_again, require_known
from domain.checks import NAME_LIMIT, email, ident, label, language, phone, required_text
from domain.errors import Invalid
from domain.ids import (
    CommandId,
    OrganisationId,
    RequesterId,
    StreamId,
    organisation_stream,
    requester_stream,
)
from domain.people.requester import (
    Medium,
    Requester,
    RequesterAddressAdded,
    RequesterAddressRemoved,
    RequesterEvent,
    RequesterLocated,
    RequesterMoved,
    RequesterRegistered,
    RequesterRenamed,
    RequesterSegmented,
    evolve,
)
from domain.record import record
from domain.states import set_by
from domain.ticket.aspects import Aspect

ADDRESSES_LIMIT = 50


@record
class RequesterCommand(Command):
    """A command on one requester."""

    requester: RequesterId

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (requester_stream(self.requester),)


@record
class RegisterRequester(RequesterCommand):
    """A person asks for help, or will.

    That an address belongs to one requester only is not checked here: one stream cannot know
    the others. Whoever looks a sender up by address takes the one registered first.
    """

    name: ClassVar[str] = "register_requester"
    display_name: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    language: str | None = None
    organisation: OrganisationId | None = None
    region: str | None = None
    segment: str | None = None
    vip: bool = False

    def reads(self) -> tuple[StreamId, ...]:
        return () if self.organisation is None else (organisation_stream(self.organisation),)


def register(
    command: RegisterRequester, requester: Requester, ctx: Context
) -> Sequence[RequesterEvent]:
    registered = RequesterRegistered(
        requester=command.requester,
        name=command.display_name,
        emails=tuple(sorted(set(command.emails))),
        phones=tuple(sorted(set(command.phones))),
        language=command.language,
        organisation=command.organisation,
        region=command.region,
        segment=command.segment,
        vip=command.vip,
        by=ctx.by,
        at=ctx.at,
    )
    if requester.exists:
        if replace(requester, version=1) == evolve(Requester(), registered):
            return []
        refuse_again(command, "requester", command.requester)
    _check(command)
    if command.organisation is not None:
        known_organisation(ctx, command.organisation)
    return [registered]


def _check(command: RegisterRequester) -> None:
    ident(command.requester, "requester")
    required_text(command.display_name, "display_name", NAME_LIMIT)
    if len(command.emails) + len(command.phones) > ADDRESSES_LIMIT:
        raise Invalid(f"A requester has at most {ADDRESSES_LIMIT} addresses.", field="emails")
    for address in command.emails:
        email(address, "emails")
    for number in command.phones:
        phone(number, "phones")
    language(command.language)
    label(command.region, "region")
    label(command.segment, "segment")


@record
class RenameRequester(RequesterCommand):
    name: ClassVar[str] = "rename_requester"
    display_name: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(RequesterRenamed)})


def rename(
    command: RenameRequester, requester: Requester, ctx: Context
) -> Sequence[RequesterEvent]:
    require_known(requester, "requester", command.requester)
    if command.display_name == requester.name:
        return []
    required_text(command.display_name, "display_name", NAME_LIMIT)
    return [
        RequesterRenamed(
            requester=command.requester,
            name=command.display_name,
            previous=requester.name,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class AddAddress(RequesterCommand):
    name: ClassVar[str] = "add_address"
    medium: Medium
    address: str


def add_address(
    command: AddAddress, requester: Requester, ctx: Context
) -> Sequence[RequesterEvent]:
    require_known(requester, "requester", command.requester)
    if command.address in requester.addresses(command.medium):
        return []
    if len(requester.emails | requester.phones) >= ADDRESSES_LIMIT:
        raise Invalid(f"A requester has at most {ADDRESSES_LIMIT} addresses.", field="address")
    check = email if command.medium is Medium.EMAIL else phone
    check(command.address, "address")
    return [
        RequesterAddressAdded(
            requester=command.requester,
            medium=command.medium,
            address=command.address,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class RemoveAddress(RequesterCommand):
    name: ClassVar[str] = "remove_address"
    medium: Medium
    address: str


def remove_address(
    command: RemoveAddress, requester: Requester, ctx: Context
) -> Sequence[RequesterEvent]:
    require_known(requester, "requester", command.requester)
    if command.address not in requester.addresses(command.medium):
        return []
    return [
        RequesterAddressRemoved(
            requester=command.requester,
            medium=command.medium,
            address=command.address,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class MoveRequester(RequesterCommand):
    """To another organisation, or to none."""

    name: ClassVar[str] = "move_requester"
    organisation: OrganisationId | None

    def reads(self) -> tuple[StreamId, ...]:
        return () if self.organisation is None else (organisation_stream(self.organisation),)

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(RequesterMoved)})


def move(command: MoveRequester, requester: Requester, ctx: Context) -> Sequence[RequesterEvent]:
    require_known(requester, "requester", command.requester)
    if command.organisation == requester.organisation:
        return []
    if command.organisation is not None:
        known_organisation(ctx, command.organisation)
    return [
        RequesterMoved(
            requester=command.requester,
            organisation=command.organisation,
            previous=requester.organisation,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class LocateRequester(RequesterCommand):
    """Both values are set as given; None empties one."""

    name: ClassVar[str] = "locate_requester"
    language: str | None
    region: str | None

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(RequesterLocated)})


def locate(
    command: LocateRequester, requester: Requester, ctx: Context
) -> Sequence[RequesterEvent]:
    require_known(requester, "requester", command.requester)
    if (command.language, command.region) == (requester.language, requester.region):
        return []
    language(command.language)
    label(command.region, "region")
    return [
        RequesterLocated(
            requester=command.requester,
            language=command.language,
            previous_language=requester.language,
            region=command.region,
            previous_region=requester.region,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class SegmentRequester(RequesterCommand):
    """Both values are set as given; None: no segment of their own."""

    name: ClassVar[str] = "segment_requester"
    segment: str | None
    vip: bool

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(RequesterSegmented)})


def segment(
    command: SegmentRequester, requester: Requester, ctx: Context
) -> Sequence[RequesterEvent]:
    require_known(requester, "requester", command.requester)
    if (command.segment, command.vip) == (requester.segment, requester.vip):
        return []
    label(command.segment, "segment")
    return [
        RequesterSegmented(
            requester=command.requester,
            segment=command.segment,
            previous_segment=requester.segment,
            vip=command.vip,
            previous_vip=requester.vip,
            by=ctx.by,
            at=ctx.at,
        )
    ]
