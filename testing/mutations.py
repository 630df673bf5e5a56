"""`python -m testing.mutations`: break each of these promises in a copy; a test must notice.

For whoever changes what keeps them: a test that stays green here guards nothing.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CAUGHT = 1
"""pytest's status for failed tests; any other says that they did not run as they should."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One place of a file written otherwise, and the tests that must fail then."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


MUTATIONS = (
    Mutation(
        "a job's message is acknowledged when it arrives",
        "worker/celery_app.py",
        '"task_acks_late": True',
        '"task_acks_late": False',
        ("tests/worker/test_celery_app.py",),
    ),
    Mutation(
        "so is each task's, as generated",
        "generated/tasks/worker.py",
        "acks_late=True",
        "acks_late=False",
        ("tests/worker/test_celery_app.py",),
    ),
    Mutation(
        "withdrawn access is not looked for",
        "gateway/incoming/access.py",
        "            self._end(await examine(self._engine, asked[first : first + BATCH]))",
        "            await examine(self._engine, asked[first : first + BATCH])",
        ("tests/integration/test_gateway_access.py",),
    ),
    Mutation(
        "a withdrawal that commits after a later one is overlooked",
        "backbone/access_changes.py",
        '{"below": seen.below, "open": unseen}',
        '{"below": seen.below, "open": "{}"}',
        ("tests/integration/test_access_changes.py",),
    ),
    Mutation(
        "the second relay always gets the lock",
        "backbone/leases.py",
        "WHERE leases.holder = excluded.holder\n",
        "WHERE true OR leases.holder = excluded.holder\n",
        ("tests/backbone/test_lease_lock.py", "tests/integration/test_relay.py"),
    ),
    Mutation(
        "a lost message counts as confirmed",
        "backbone/relay/relay.py",
        "if outcome is Outcome.CONFIRMED:",
        "if outcome in {Outcome.CONFIRMED, Outcome.LOST}:",
        ("tests/backbone/relay/test_relay.py",),
    ),
    Mutation(
        "a position's epoch is not checked when a stream begins",
        "gateway/listening/opening.py",
        "if cursor.epoch != head.epoch:",
        "if cursor.epoch is None:",
        ("tests/gateway/listening", "tests/gateway/test_delivery_machine.py"),
    ),
    Mutation(
        "nor of an open stream",
        "gateway/listening/refill.py",
        "if client.epoch != team.epoch:",
        "if client.epoch is None:",
        ("tests/gateway/listening", "tests/gateway/test_delivery_machine.py"),
    ),
    Mutation(
        "any signature will do",
        "backbone/events/signature.py",
        "return any(hmac.compare_digest(mac(signed), claimed) for mac in self._macs)",
        "return len(claimed) > 0 and len(signed) > 0",
        ("tests/backbone/events/test_signature.py",),
    ),
    Mutation(
        "nobody looks at signatures",
        "gateway/incoming/consumer.py",
        "if event_id is None or self._signatures.verify(",
        "if event_id is None or event_id or self._signatures.verify(",
        ("tests/gateway/incoming/test_consumer.py",),
    ),
    Mutation(
        "every gateway puts a bad event aside",
        "gateway/incoming/dead_letters.py",
        "        if self._writes:\n",
        "        if self._writes or not self._writes:\n",
        ("tests/gateway/incoming/test_dead_letters.py",),
    ),
)


def main() -> int:
    """Run those whose names contain what was given; 1 when one was not noticed."""
    parser = argparse.ArgumentParser(prog="python -m testing.mutations", description=__doc__)
    parser.add_argument("name", nargs="?", default="", help="a part of a name")
    part = parser.parse_args().name
    unnoticed = 0
    with tempfile.TemporaryDirectory(prefix="slipway-mutations-") as folder:
        copy = Path(folder)
        copy_to(copy)
        for mutation in MUTATIONS:
            if part in mutation.name:
                caught = notices(copy, mutation)
                unnoticed += not caught
                print(f"{'caught' if caught else 'NOT CAUGHT'}: {mutation.name}", flush=True)
    return 1 if unnoticed else 0


def copy_to(folder: Path) -> None:
    """Copy what git knows, as it is in the working tree, and what was compiled from it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    compiled = (str(path.relative_to(ROOT)) for path in (ROOT / "gateway/outgoing").glob("*.so"))
    for name in (*filter(None, listed.split("\0")), *compiled):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists():
            shutil.copy2(ROOT / name, target)


def notices(folder: Path, mutation: Mutation) -> bool:
    """Return whether the tests fail with the mutation."""
    path = folder / mutation.file
    original = path.read_text()
    if mutation.old not in original:
        raise ValueError(f"{mutation.file} has no {mutation.old!r} any more")
    path.write_text(original.replace(mutation.old, mutation.new))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *mutation.tests],
            cwd=folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    finally:
        path.write_text(original)
    if done.returncode not in {0, CAUGHT}:
        raise RuntimeError(done.stdout[-2000:])
    return done.returncode == CAUGHT


if __name__ == "__main__":
    sys.exit(main())
