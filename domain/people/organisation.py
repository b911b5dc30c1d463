"""The company or body that requesters belong to."""

from dataclasses import replace
from typing import Literal, TypeAlias, assert_never

from domain.happened import Happened
from domain.ids import OrganisationId
from domain.record import record


@record
class OrganisationRegistered(Happened):
    """An organisation is known from now on."""

    kind: Literal["organisation.registered"] = "organisation.registered"
    organisation: OrganisationId
    name: str
    region: str | None = None
    segment: str | None = None


@record
class OrganisationRenamed(Happened):
    """It has another name."""

    kind: Literal["organisation.renamed"] = "organisation.renamed"
    organisation: OrganisationId
    name: str
    previous: str


@record
class OrganisationLocated(Happened):
    """The region it is served from."""

    kind: Literal["organisation.located"] = "organisation.located"
    organisation: OrganisationId
    region: str | None
    previous: str | None


@record
class OrganisationSegmented(Happened):
    """The customer segment it belongs to."""

    kind: Literal["organisation.segmented"] = "organisation.segmented"
    organisation: OrganisationId
    segment: str | None
    previous: str | None


OrganisationEvent: TypeAlias = (
    OrganisationRegistered | OrganisationRenamed | OrganisationLocated | OrganisationSegmented
)


@record
class Organisation:
    """`version` is the number of events folded; 0 means that there is no such organisation."""

    version: int = 0
    name: str = ""
    region: str | None = None
    segment: str | None = None

    @property
    def exists(self) -> bool:
        return self.version > 0


def evolve(organisation: Organisation, event: OrganisationEvent) -> Organisation:
    """The organisation after `event`; never refuses."""
    return replace(_after(organisation, event), version=organisation.version + 1)


def _after(organisation: Organisation, event: OrganisationEvent) -> Organisation:
    match event:
        case OrganisationRegistered(name=name, region=region, segment=segment):
            return Organisation(name=name, region=region, segment=segment)
        case OrganisationRenamed(name=name):
            return replace(organisation, name=name)
        case OrganisationLocated(region=region):
            return replace(organisation, region=region)
        case OrganisationSegmented(segment=segment):
            return replace(organisation, segment=segment)
        case _:
            assert_never(event)
