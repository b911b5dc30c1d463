"""Register organisations, and keep what is known about them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from commands.envelope import Command, Context
from commands.known import refuse_again, require_known
from domain.checks import NAME_LIMIT, ident, label, required_text
from domain.ids import CommandId, OrganisationId, StreamId, organisation_stream
from domain.people.organisation import (
    Organisation,
    OrganisationEvent,
    OrganisationLocated,
    OrganisationRegistered,
    OrganisationRenamed,
    OrganisationSegmented,
    evolve,
)
from domain.record import record
from domain.states import set_by
from domain.ticket.aspects import Aspect


@record
class OrganisationCommand(Command):
    """A command on one organisation."""

    organisation: OrganisationId

    def writes(self, command_id: CommandId) -> tuple[StreamId, ...]:
        return (organisation_stream(self.organisation),)


@record
class RegisterOrganisation(OrganisationCommand):
    name: ClassVar[str] = "register_organisation"
    display_name: str
    region: str | None = None
    segment: str | None = None


def register(
    command: RegisterOrganisation, organisation: Organisation, ctx: Context
) -> Sequence[OrganisationEvent]:
    registered = OrganisationRegistered(
        organisation=command.organisation,
        name=command.display_name,
        region=command.region,
        segment=command.segment,
        by=ctx.by,
        at=ctx.at,
    )
    if organisation.exists:
        if replace(organisation, version=1) == evolve(Organisation(), registered):
            return []
        refuse_again(command, "organisation", command.organisation)
    ident(command.organisation, "organisation")
    required_text(command.display_name, "display_name", NAME_LIMIT)
    label(command.region, "region")
    label(command.segment, "segment")
    return [registered]


@record
class RenameOrganisation(OrganisationCommand):
    name: ClassVar[str] = "rename_organisation"
    display_name: str

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(OrganisationRenamed)})


def rename(
    command: RenameOrganisation, organisation: Organisation, ctx: Context
) -> Sequence[OrganisationEvent]:
    require_known(organisation, "organisation", command.organisation)
    if command.display_name == organisation.name:
        return []
    required_text(command.display_name, "display_name", NAME_LIMIT)
    return [
        OrganisationRenamed(
            organisation=command.organisation,
            name=command.display_name,
            previous=organisation.name,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class LocateOrganisation(OrganisationCommand):
    name: ClassVar[str] = "locate_organisation"
    region: str | None

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(OrganisationLocated)})


def locate(
    command: LocateOrganisation, organisation: Organisation, ctx: Context
) -> Sequence[OrganisationEvent]:
    require_known(organisation, "organisation", command.organisation)
    if command.region == organisation.region:
        return []
    label(command.region, "region")
    return [
        OrganisationLocated(
            organisation=command.organisation,
            region=command.region,
            previous=organisation.region,
            by=ctx.by,
            at=ctx.at,
        )
    ]


@record
class SegmentOrganisation(OrganisationCommand):
    name: ClassVar[str] = "segment_organisation"
    segment: str | None

    def touches(self) -> frozenset[Aspect]:
        return frozenset({set_by(OrganisationSegmented)})


def segment(
    command: SegmentOrganisation, organisation: Organisation, ctx: Context
) -> Sequence[OrganisationEvent]:
    require_known(organisation, "organisation", command.organisation)
    if command.segment == organisation.segment:
        return []
    label(command.segment, "segment")
    return [
        OrganisationSegmented(
            organisation=command.organisation,
            segment=command.segment,
            previous=organisation.segment,
            by=ctx.by,
            at=ctx.at,
        )
    ]
