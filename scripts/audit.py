"""Look for known vulnerabilities in what the lock files name; say so where nobody can be asked.

pip-audit reads the Python locks, npm those of JavaScript. Status 1: something is known to be
vulnerable, or, with --require, a lock could not be audited.
"""

import argparse
import json
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "audit"
PIP_AUDIT = "pip-audit==2.10.1"
CANARY = "jinja2==2.10"
"""Known to be vulnerable since 2019 (CVE-2019-10906)."""
PYTHON_LOCKS = ("requirements.lock", "requirements-dev.lock")
SECONDS = 300
SKIPPED = frozenset({"node_modules", "build", ".venv"})


@dataclass
class Outcome:
    """What one lock file's audit said; `unknown` is why it could not be asked."""

    lock: str
    known: list[str] = field(default_factory=list)
    packages: int = 0
    unknown: str = ""


def main() -> int:
    """Audit every lock file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--require", action="store_true", help="fail where no advisory database is reachable"
    )
    required = parser.parse_args().require
    outcomes = [*_python(), *_javascript()]
    for outcome in outcomes:
        if outcome.unknown:
            print(f"NOT AUDITED {outcome.lock}: {outcome.unknown}")  # noqa: T201 - a program's words
            continue
        print(f"{outcome.lock}: {outcome.packages} packages, {len(outcome.known)} advisories")  # noqa: T201 - as above
        for advisory in outcome.known:
            print(f"  {advisory}")  # noqa: T201 - as above
    vulnerable = any(outcome.known for outcome in outcomes)
    unasked = any(outcome.unknown for outcome in outcomes)
    return 1 if vulnerable or (required and unasked) else 0


def _run(command: list[str], folder: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own commands
        command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def _last_line(done: "subprocess.CompletedProcess[str]") -> str:
    lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else f"status {done.returncode}"


def _python() -> list[Outcome]:
    program = FOLDER / "bin" / "pip-audit"
    if not program.exists():
        venv.create(FOLDER, clear=True, with_pip=True)
        pip = [str(FOLDER / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
        installed = _run([*pip, "install", "--quiet", PIP_AUDIT])
        if installed.returncode:
            why = f"{PIP_AUDIT} can't be installed: {_last_line(installed)}"
            return [Outcome(lock, unknown=why) for lock in PYTHON_LOCKS]
    return [_pip_audit(program, lock) for lock in PYTHON_LOCKS]


def _pip_audit(program: Path, lock: str) -> Outcome:
    """Ask one database after the other, but only one that knows a vulnerability that is public.

    A mirror of packages often answers for the database and knows none.
    """
    why = ""
    for service in ("pypi", "osv"):
        canary = FOLDER / "canary.txt"
        canary.write_text(CANARY + "\n")
        control = _ask(program, service, str(canary), ["--no-deps"])
        if not control.known:
            why = control.unknown or f"the database {service} does not know that {CANARY} is unsafe"
            continue
        outcome = _ask(program, service, lock, ["--require-hashes"])
        if not outcome.unknown:
            return outcome
        why = outcome.unknown
    return Outcome(lock, unknown=why)


def _ask(program: Path, service: str, lock: str, options: list[str]) -> Outcome:
    command = [str(program), "--disable-pip", "--progress-spinner=off", "--format=json", *options]
    try:
        done = _run([*command, f"--vulnerability-service={service}", "-r", lock])
        found = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return Outcome(lock, unknown=f"the database {service} does not answer in time")
    except (ValueError, KeyError):
        return Outcome(lock, unknown=f"the database {service}: {_last_line(done)}")
    skipped = [package["name"] for package in found if "skip_reason" in package]
    if skipped:
        return Outcome(lock, unknown=f"the database {service} has no answer for {skipped[0]}")
    known = [
        f"{package['name']} {package['version']}: {vulnerability['id']}, mended in "
        f"{', '.join(vulnerability['fix_versions']) or 'no version yet'}"
        for package in found
        for vulnerability in package.get("vulns", ())
    ]
    return Outcome(lock, known, len(found))


def _javascript() -> list[Outcome]:
    locks = [
        path
        for path in sorted(ROOT.rglob("package-lock.json"))
        if SKIPPED.isdisjoint(path.relative_to(ROOT).parts)
    ]
    if shutil.which("npm") is None:
        return [Outcome(str(path.relative_to(ROOT)), unknown="there is no npm") for path in locks]
    return [_npm_audit(path) for path in locks]


def _npm_audit(path: Path) -> Outcome:
    name = str(path.relative_to(ROOT))
    try:
        done = _run(["npm", "audit", "--package-lock-only", "--json"], path.parent)
        found = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return Outcome(name, unknown="no answer in time")
    except ValueError:
        return Outcome(name, unknown=_last_line(done))
    if "vulnerabilities" not in found:
        return Outcome(name, unknown=str(found.get("message", found.get("error", "")))[:200])
    known = [
        f"{package}: {entry['severity']}, {entry['range']}"
        for package, entry in found["vulnerabilities"].items()
    ]
    return Outcome(name, known, found["metadata"]["dependencies"]["total"])


if __name__ == "__main__":
    sys.exit(main())
