"""The person who asks for help."""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias, assert_never

from domain.happened import Happened, Personal
from domain.ids import OrganisationId, RequesterId
from domain.record import record

Private = Annotated[str, Personal(of="requester")]
PrivateList = Annotated[tuple[str, ...], Personal(of="requester")]


class Medium(StrEnum):
    """What kind of address it is."""

    EMAIL = "email"
    PHONE = "phone"


@record
class RequesterRegistered(Happened):
    """`region` and `segment` are those of the person; None: as their organisation's."""

    kind: Literal["requester.registered"] = "requester.registered"
    requester: RequesterId
    name: Private
    emails: PrivateList = ()
    phones: PrivateList = ()
    language: str | None = None
    organisation: OrganisationId | None = None
    region: str | None = None
    segment: str | None = None
    vip: bool = False


@record
class RequesterRenamed(Happened):
    """They have another name."""

    kind: Literal["requester.renamed"] = "requester.renamed"
    requester: RequesterId
    name: Private
    previous: Private


@record
class RequesterAddressAdded(Happened):
    """They can be reached at one more address."""

    kind: Literal["requester.address_added"] = "requester.address_added"
    requester: RequesterId
    medium: Medium
    address: Private


@record
class RequesterAddressRemoved(Happened):
    """They cannot be reached there any more."""

    kind: Literal["requester.address_removed"] = "requester.address_removed"
    requester: RequesterId
    medium: Medium
    address: Private


@record
class RequesterMoved(Happened):
    """To another organisation; tickets opened before stay with the old one."""

    kind: Literal["requester.moved"] = "requester.moved"
    requester: RequesterId
    organisation: OrganisationId | None
    previous: OrganisationId | None


@record
class RequesterLocated(Happened):
    """The language they are answered in and the region they are served from."""

    kind: Literal["requester.located"] = "requester.located"
    requester: RequesterId
    language: str | None
    previous_language: str | None
    region: str | None
    previous_region: str | None


@record
class RequesterSegmented(Happened):
    """The customer segment, and whether this person is treated as very important."""

    kind: Literal["requester.segmented"] = "requester.segmented"
    requester: RequesterId
    segment: str | None
    previous_segment: str | None
    vip: bool
    previous_vip: bool


RequesterEvent: TypeAlias = (
    RequesterRegistered
    | RequesterRenamed
    | RequesterAddressAdded
    | RequesterAddressRemoved
    | RequesterMoved
    | RequesterLocated
    | RequesterSegmented
)


@record
class Requester:
    """`version` is the number of events folded; 0 means that nobody is registered."""

    version: int = 0
    name: str = ""
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    language: str | None = None
    organisation: OrganisationId | None = None
    region: str | None = None
    segment: str | None = None
    vip: bool = False

    @property
    def exists(self) -> bool:
        return self.version > 0

    def addresses(self, medium: Medium) -> frozenset[str]:
        return self.emails if medium is Medium.EMAIL else self.phones


def evolve(requester: Requester, event: RequesterEvent) -> Requester:
    """The requester after `event`; never refuses."""
    return replace(_after(requester, event), version=requester.version + 1)


def _after(requester: Requester, event: RequesterEvent) -> Requester:
    match event:
        case RequesterRegistered():
            return Requester(
                name=event.name,
                emails=frozenset(event.emails),
                phones=frozenset(event.phones),
                language=event.language,
                organisation=event.organisation,
                region=event.region,
                segment=event.segment,
                vip=event.vip,
            )
        case RequesterRenamed(name=name):
            return replace(requester, name=name)
        case RequesterAddressAdded(medium=medium, address=address):
            return _with_addresses(requester, medium, requester.addresses(medium) | {address})
        case RequesterAddressRemoved(medium=medium, address=address):
            return _with_addresses(requester, medium, requester.addresses(medium) - {address})
        case RequesterMoved(organisation=organisation):
            return replace(requester, organisation=organisation)
        case RequesterLocated(language=language, region=region):
            return replace(requester, language=language, region=region)
        case RequesterSegmented(segment=segment, vip=vip):
            return replace(requester, segment=segment, vip=vip)
        case _:
            assert_never(event)


def _with_addresses(requester: Requester, medium: Medium, addresses: frozenset[str]) -> Requester:
    if medium is Medium.EMAIL:
        return replace(requester, emails=addresses)
    return replace(requester, phones=addresses)
