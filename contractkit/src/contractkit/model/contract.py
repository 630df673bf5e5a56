"""Both documents of a contract, with their files."""

from dataclasses import dataclass

from contractkit.documents import Documents
from contractkit.model.http import HttpContract
from contractkit.model.messaging import MessagingContract


@dataclass(frozen=True, slots=True)
class Contract:
    """The documents of one revision. One of the two may be missing."""

    documents: Documents
    http: HttpContract | None
    messaging: MessagingContract | None
