"""Both documents of a contract together, with the files they are made of."""

from dataclasses import dataclass

from contractkit.documents import Documents
from contractkit.model.http import HttpContract
from contractkit.model.messaging import MessagingContract


@dataclass(frozen=True, slots=True)
class Contract:
    """What one revision promises. One of the two may be missing."""

    documents: Documents
    http: HttpContract | None
    messaging: MessagingContract | None
