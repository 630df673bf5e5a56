"""The runbook tells of each code that a caller, or a job, may end with."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

from backbone.errors import BusinessError
from testing.checkout import ROOT
from worker.provisioning.failure_decision import INTERNAL_ERROR
from worker.virtuozzo.errors import ProviderError

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
GIVEN = re.compile(r'(?:GiveUp|TryAgain|_fail)\(\s*(?:conn, Job\.of\(row\), )?"([a-z_]+)"')
RETURNED = re.compile(r'^\s+return "([a-z_]+)", why$', re.MULTILINE)


def below(base: type) -> Iterator[type]:
    for kind in base.__subclasses__():
        yield kind
        yield from below(kind)


def codes(title: str) -> set[str]:
    """The codes of a section's table."""
    section = RUNBOOK.split(f"## {title}\n")[1].split("\n#")[0]
    rows = (line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
    return {code for row in rows for code in re.findall(r"`([a-z_]+)`", row)}


def test_each_code_of_an_answer_is_told_and_no_other():
    for name in ("backbone", "service", "gateway"):
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if ".migrations" not in module.name and not module.name.endswith("main"):
                importlib.import_module(module.name)
    raised = {kind.code for kind in below(BusinessError) if hasattr(kind, "code")}
    assert codes("Codes of HTTP answers") == raised


def test_each_code_of_a_failed_job_is_told_and_no_other():
    sources = [*ROOT.glob("worker/**/*.py"), *ROOT.glob("backbone/jobs/*.py")]
    text = "\n".join(path.read_text() for path in sources)
    given = {*GIVEN.findall(text), *RETURNED.findall(text)}
    assert {"not_begun", "attempts_exhausted", "provider_account_missing"} <= given
    provider = {ProviderError.code, *(kind.code for kind in below(ProviderError))}
    assert codes("Codes of failed jobs") == given | provider | {INTERNAL_ERROR}


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([A-Z]+_[A-Z_]+[A-Z])`", RUNBOOK))))
def test_each_setting_that_the_runbook_names_is_there(name):
    assert f"| `{name}` |" in (ROOT / "docs" / "settings.md").read_text()
