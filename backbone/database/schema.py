"""Whether a database's schema and this program fit, and a sentence when they do not.

Migrations first expand and only in a later release contract, so for a while programs of two
releases work on one schema. The table `schema_support` holds the oldest revision whose programs
still do; a program refuses a schema that it does not know unless its own is not older than that.
"""

from dataclasses import dataclass

from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.errors import SettingsError


class SchemaRefusedError(SettingsError):
    """The database is too new or too old for this program; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Schema:
    """`present` is the database's revision, None for an empty one; `known` are ours, oldest first.

    `oldest_program` is the oldest revision whose programs may use it, as the database says.
    """

    present: str | None
    known: tuple[str, ...]
    oldest_program: str | None = None

    @property
    def newest(self) -> str:
        """The revision that this program was made for."""
        return self.known[-1]

    @property
    def is_current(self) -> bool:
        """Whether there is nothing to migrate."""
        return self.present == self.newest

    @property
    def is_newer(self) -> bool:
        """Whether a newer program has migrated it."""
        return self.present is not None and self.present not in self.known

    def refuse_newer(self) -> None:
        """Raise SchemaRefusedError for one of a newer release that has left ours behind."""
        if not self.is_newer:
            return
        oldest = self.oldest_program
        # Revisions are numbers with leading zeros.
        if oldest is not None and oldest <= self.newest:
            return
        raise SchemaRefusedError(
            f"the database is too new: its schema is {self.present}, and this program knows "
            f"{self.newest} at most; run the release that migrated it, or go back with "
            f"`slipway migrate --to {self.newest}` of that release"
        )

    def refuse_older(self) -> None:
        """Raise SchemaRefusedError for one that was not migrated yet."""
        if self.is_current or self.is_newer:
            return
        state = "it is empty" if self.present is None else f"its schema is {self.present}"
        raise SchemaRefusedError(
            f"the database is too old: {state}, and this program needs {self.newest}; "
            "run `slipway migrate` first"
        )


async def oldest_program(connection: AsyncConnection) -> str | None:
    """Return the oldest revision whose programs may use the database; None if it does not say."""
    if not await connection.run_sync(lambda sync: inspect(sync).has_table("schema_support")):
        return None
    found: str | None = await connection.scalar(text("SELECT oldest_program FROM schema_support"))
    return found
