"""Who is in a consumer group, and which lanes each has: as the cluster itself tells it."""

import os
import socket
from collections.abc import Sequence

from kafka.admin import KafkaAdminClient

from adapters.kafka.connection import Connection
from projections.owners import Member

_PREFIX = "chronodesk-"


def client_id() -> str:
    """The name of this process in a group: host and pid, as leases name it, too."""
    return f"{_PREFIX}{socket.gethostname()}:{os.getpid()}"


class KafkaGroup:
    """projections.owners.Group: the members of a consumer group that have lanes of a topic."""

    def __init__(self, connection: Connection, topic: str, group: str) -> None:
        self._connection = connection
        self._topic = topic
        self._group = group

    def members(self) -> Sequence[Member]:
        """See Group."""
        with (
            self._connection.explained(),
            KafkaAdminClient(**self._connection.options) as admin,
        ):
            (told,) = admin.describe_groups([self._group]).values()
        found = []
        for member in told["members"]:
            # While a rebalance is under way nothing is assigned, and it is empty.
            assigned = (member["member_assignment"] or {}).get("assigned_partitions", ())
            lanes = [
                p
                for given in assigned
                if given["topic"] == self._topic
                for p in given["partitions"]
            ]
            name = member["client_id"].removeprefix(_PREFIX)
            found.append(Member(worker=name, lanes=tuple(sorted(lanes))))
        return sorted(found, key=lambda member: member.worker)
