"""Every import contract is seen failing: a contract that cannot fail would hold nothing."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PREFIX = "importlinter:contract:"

VIOLATIONS = {
    "direction": ("backbone/identifiers.py", "import service.page"),
    "compiler": ("contractkit/src/contractkit/tree.py", "import backbone.errors"),
    "conformance-kit": ("sse-conformance/src/sse_conformance/errors.py", "import backbone.errors"),
    "conformance-kit-unused": ("gateway/limits.py", "import sse_conformance.errors"),
    "conformance-kit-layers": (
        "sse-conformance/src/sse_conformance/target.py",
        "import sse_conformance.bench",
    ),
    "no-compiler-at-run-time": ("backbone/leases.py", "import contractkit.tree"),
    "celery": ("gateway/__init__.py", "import celery"),
    "faststream": ("worker/tasks.py", "import generated.messaging.publisher"),
    "relay": ("service/page.py", "import aio_pika"),
    "provider": ("worker/tasks.py", "import worker.virtuozzo.client"),
    "tables": ("backbone/leases.py", "import backbone.database.tables.messaging"),
    "gateway-cannot-append": ("backbone/events/log.py", "import backbone.events.append"),
    "gateway-writes-nothing": ("gateway/__init__.py", "import backbone.outbox"),
    "acyclic": ("backbone/errors.py", "import backbone.problems"),
    "gateway": ("gateway/outgoing/sink.py", "import gateway.listening.hub"),
    "gateway-listening": ("gateway/listening/client.py", "import gateway.listening.hub"),
    "service": ("service/jobs/api.py", "import service.teams.use_cases"),
    "slices": ("service/teams/repository.py", "import service.teams.use_cases"),
    "worker": ("worker/virtuozzo/errors.py", "import worker.tasks"),
    "slipway": ("slipway/message_copy.py", "import slipway.stack"),
    "embedded-broker": ("slipway/amqp/limits.py", "import backbone.errors"),
}
"""A file and the line that breaks the contract when it stands in that file."""


PROJECTS = {
    "contractkit": "contractkit/src/contractkit",
    "sse_conformance": "sse-conformance/src/sse_conformance",
}
"""Packages that are projects of their own, and where they stand."""


def contracts() -> dict[str, str]:
    """The contracts' names by their ids, as `.importlinter` has them."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    return {
        section.removeprefix(PREFIX): parser[section]["name"]
        for section in parser.sections()
        if section.startswith(PREFIX)
    }


def packages() -> list[str]:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    return parser["importlinter"]["root_packages"].split()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says about a copy in which each contract is broken once."""
    copy = tmp_path_factory.mktemp("broken")
    for package in packages():
        source = PROJECTS.get(package, package)
        ignored = shutil.ignore_patterns("__pycache__", "vendor", "templates", "typescript")
        shutil.copytree(ROOT / source, copy / source, ignore=ignored)
    shutil.copy(ROOT / ".importlinter", copy)
    for file, line in VIOLATIONS.values():
        with (copy / file).open("a", encoding="utf-8") as module:
            module.write(f"\n{line}\n")
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=copy,
        env={
            "PYTHONPATH": ":".join(
                str(copy / part) for part in ("contractkit/src", "sse-conformance/src", ".")
            ),
            "NO_COLOR": "1",
            "COLUMNS": "200",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def test_every_contract_has_a_violation_to_be_seen_failing_by() -> None:
    assert set(VIOLATIONS) == set(contracts())


@pytest.mark.parametrize("contract", sorted(VIOLATIONS))
def test_a_broken_contract_is_told(report: str, contract: str) -> None:
    assert f"{contracts()[contract]} BROKEN" in report


def test_no_package_of_the_checkout_is_left_out() -> None:
    """A new top-level package must be discussed: it joins the contracts, or is named here."""
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert found - {"tests", "testing", "benchmarks"} == set(packages()) - set(PROJECTS)
