"""SLIPWAY_HOME: one folder per running stack, and nobody else's to read.

Refuses a folder that cannot be written, and one that another `slipway up` uses.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

LOCK = "up.lock"
_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700
_OTHERS = 0o077
_SHARED_FOLDER = 0o1000
"""The sticky bit: a folder like `/tmp`, which is not ours to close."""

_MALFORMED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


class HomeError(RuntimeError):
    """The folder can't be used; the text names it, its variable and the mend."""


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Keep the folder for this process while the block runs; new files are its owner's alone.

    Raises:
        HomeError: it cannot be written, or another process holds it.
    """
    before = os.umask(_OTHERS)
    try:
        descriptor = _lock(home)
        try:
            _close_to_others(home)
            yield
        finally:
            os.close(descriptor)
    finally:
        os.umask(before)


@contextmanager
def database_file(url: str) -> Iterator[None]:
    """Name SQLite's file when the block finds that it is none.

    Raises:
        HomeError: it is malformed.
    """
    try:
        yield
    except DatabaseError as error:
        if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF not in _MALFORMED:
            raise
        raise HomeError(
            f"cannot use the database {make_url(url).database}: {error.orig}; restore it from a "
            "backup, or move it away to begin anew"
        ) from error


def _lock(home: Path) -> int:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
        descriptor = os.open(home / LOCK, os.O_RDWR | os.O_CREAT, _PRIVATE_FILE)
    except OSError as error:
        raise HomeError(
            f"SLIPWAY_HOME={home}: cannot write there ({error.strerror}); make the folder writable "
            "or set SLIPWAY_HOME to another one"
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise HomeError(
            f"SLIPWAY_HOME={home}: another `slipway up` uses it (process {holder or 'unknown'}); "
            "end that one or set SLIPWAY_HOME to another folder"
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def _close_to_others(home: Path) -> None:
    """Take from others what an older version or another umask gave them."""
    mine = os.geteuid()
    status = home.stat()
    if status.st_uid == mine and status.st_mode & _OTHERS and not status.st_mode & _SHARED_FOLDER:
        home.chmod(_PRIVATE_FOLDER)
    for name in _FILES:
        for path in home.glob(f"{name}*"):
            status = path.stat()
            if path.is_file() and status.st_uid == mine and status.st_mode & _OTHERS:
                path.chmod(_PRIVATE_FILE)


_FILES = ("slipway.db", "broker.db", "simulator.json", "run.json", "secret.key")
"""What holds secrets or hashes; with a suffix, their journals and drafts, too."""
