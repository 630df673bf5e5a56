"""The journal's SQLite file: its tables, what is read at start, and one transaction per batch.

Refuses a file that another broker holds or that an other program made.
"""

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_APPLICATION = 0x51A9A3B1 & 0x7FFFFFFF
_VERSION = 1
_TABLES = """
CREATE TABLE exchanges (
    vhost TEXT, name TEXT, kind TEXT, auto_delete INTEGER, internal INTEGER, arguments BLOB,
    PRIMARY KEY (vhost, name)) WITHOUT ROWID;
CREATE TABLE queues (
    slot INTEGER PRIMARY KEY, vhost TEXT, name TEXT, auto_delete INTEGER, arguments BLOB,
    UNIQUE (vhost, name));
CREATE TABLE bindings (
    vhost TEXT, source TEXT, to_queue INTEGER, destination TEXT, routing_key TEXT, arguments BLOB,
    PRIMARY KEY (vhost, source, to_queue, destination, routing_key, arguments)) WITHOUT ROWID;
CREATE TABLE messages (
    id INTEGER PRIMARY KEY, slot INTEGER, address BLOB, header BLOB, body BLOB,
    expires_at REAL, deliveries INTEGER);
"""

MessageRow = tuple[int, int, bytes, bytes, bytes, float | None, int]


class JournalError(Exception):
    """The journal file cannot be used; the text says why and what to do."""


@dataclass(slots=True)
class Batch:
    """What one turn of the event loop notes, written in one transaction.

    `actions` run after its commit. A message that comes and goes in the same turn is not written.
    """

    statements: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    inserts: dict[int, MessageRow] = field(default_factory=dict)
    returns: dict[int, int] = field(default_factory=dict)
    removals: list[tuple[int]] = field(default_factory=list)
    actions: list[Callable[[], None]] = field(default_factory=list)


class Kept(NamedTuple):
    """All rows of a journal file, messages in order of arrival."""

    exchanges: list[tuple[str, str, str, int, int, bytes]]
    queues: list[tuple[int, str, str, int, bytes]]
    bindings: list[tuple[str, str, int, str, str, bytes]]
    messages: list[MessageRow]


class Archive:
    """An open journal file, locked for this process. Used by one thread at a time."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open or create the file; raises JournalError."""
        if not os.fspath(path):
            raise JournalError("the journal's path is empty; give a file, or None for memory only")
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=0.5)
        except sqlite3.Error as error:
            raise JournalError(f"cannot open the journal {os.fspath(path)}: {error}") from error
        try:
            self._prepare()
        except (sqlite3.Error, JournalError) as error:
            self._db.close()
            reason = (
                "another broker uses it; stop that one or choose another path"
                if "locked" in str(error)
                else error
                if isinstance(error, JournalError)
                else f"{error}; correct it, or move the file away to begin without messages"
            )
            raise JournalError(f"cannot use the journal {os.fspath(path)}: {reason}") from error

    def load(self) -> Kept:
        """Read everything."""
        rows = self._db.execute
        return Kept(
            rows("SELECT * FROM exchanges").fetchall(),
            rows("SELECT * FROM queues").fetchall(),
            rows("SELECT * FROM bindings").fetchall(),
            rows("SELECT * FROM messages ORDER BY id").fetchall(),
        )

    def commit(self, batches: list[Batch]) -> None:
        """Write batches in one transaction; on sqlite3.Error nothing of them is written."""
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        try:
            for batch in batches:
                for statement, values in batch.statements:
                    db.execute(statement, values)
                db.executemany(
                    "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)", batch.inserts.values()
                )
                db.executemany(
                    "UPDATE messages SET deliveries = ? WHERE id = ?",
                    [(count, identity) for identity, count in batch.returns.items()],
                )
                db.executemany("DELETE FROM messages WHERE id = ?", batch.removals)
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Fold the write-ahead log into the file and let it go."""
        self._db.close()

    def _prepare(self) -> None:
        db = self._db
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("PRAGMA journal_mode = WAL")
        # FULL: a commit is on the disk, so a confirm holds through a power failure as well.
        db.execute("PRAGMA synchronous = FULL")
        db.execute("BEGIN IMMEDIATE")
        application = db.execute("PRAGMA application_id").fetchone()[0]
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if not application and not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            for statement in _TABLES.split(";\n"):
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {_APPLICATION}")
            db.execute(f"PRAGMA user_version = {_VERSION}")
        elif (application, version) != (_APPLICATION, _VERSION):
            raise JournalError("it is no journal of this version; choose another path")
        db.execute("COMMIT")
