"""Time travel: what released versions sent is held against today's models, and the reverse.

The gate judges from the contracts alone; here the generated models decide. Both must agree.
"""

import importlib
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from recordings.wire import BUILDERS, travels

from contractkit.compat.gate import Terms, compare
from contractkit.compat.lifecycle import day_of
from contractkit.compat.options import read_diff_options
from contractkit.compat.payloads import Payload, examples, payloads
from contractkit.compat.recording import Recording, recordings
from contractkit.compat.rule import Role, Severity
from contractkit.compat.schema.comparison import Comparison
from contractkit.compat.schema.self_contained import SelfContainedSchemas
from contractkit.compat.versions import same_major
from contractkit.generator.models import write_models
from contractkit.generator.omissions import Omissions
from contractkit.generator.schema_freezing import freeze
from contractkit.generator.schema_modules import SchemaModules, TypeName
from contractkit.model.contract import Contract
from contractkit.reader.contract import read_contract
from contractkit.tree import FolderTree

ROOT = Path(__file__).parents[1]
RECORDINGS = recordings(Path(__file__).parent / "recordings")
DAY = day_of("2026-11-23")
CHANGES = {
    "schemas/job.yaml": [("failed, cancelled]", "failed, cancelled, paused]")],
    "schemas/common.yaml": [("maxLength: 32", "maxLength: 20")],
    "schemas/environment.yaml": [("maximum: 32", "maximum: 16"), ("maxItems: 16", "maxItems: 20")],
    "schemas/identity.yaml": [("TRIALING, ", "")],
}
"""Breaking edits of our own schemas, in both directions."""


@dataclass(frozen=True)
class Models:
    """The generated models of one contract, by the keys of its payloads."""

    package: str
    names: dict[str, TypeName]

    def accepts(self, key: str, payload: Any) -> bool:
        try:
            self.parse(key, payload)
        except ValidationError:
            return False
        return True

    def parse(self, key: str, payload: Any) -> Any:
        name = self.names[key]
        return _adapter(self.package, name).validate_json(json.dumps(payload))


@cache
def _adapter(package: str, name: TypeName) -> TypeAdapter[Any]:
    module = importlib.import_module(f"{package}.{name.module}")
    return TypeAdapter(getattr(module, name.name))


def names_of(contract: Contract) -> tuple[SchemaModules, dict[str, TypeName]]:
    modules = SchemaModules(contract.documents)
    found = {}
    for payload in payloads(contract):
        suggestion = "".join(word.title() for word in payload.key.split() if word.isalnum())
        found[payload.key] = modules.require(payload.schema, suggestion)
    return modules, found


@pytest.fixture(scope="module")
def today() -> Contract:
    options = read_diff_options(ROOT)
    return read_contract(FolderTree(ROOT), openapi=options.openapi, asyncapi=options.asyncapi)


@pytest.fixture(scope="module")
def todays_models(today: Contract) -> Models:
    return Models("generated.models", names_of(today)[1])


@pytest.fixture(scope="module")
def generate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Generates the models of any contract into a package of their own."""
    folder = tmp_path_factory.mktemp("models")
    sys.path.insert(0, str(folder))

    def made(contract: Contract, package: str) -> Models:
        modules, names = names_of(contract)
        omissions = Omissions(strict=True)
        schemas = freeze(modules, omissions)
        write_models(schemas, folder / package, "# Models of another time.", omissions)
        importlib.invalidate_caches()
        return Models(package, names)

    yield made
    sys.path.remove(str(folder))


def breaks(old: Payload, new: Payload, role: Role) -> bool:
    """What the rules say of a pair of schemas, without modes and waivers."""
    return any(
        reached.change.rule.verdict(role.reverse if reached.inverted else role) >= Severity.BREAKING
        for reached in Comparison().walk(old.node, new.node)
    )


def test_there_is_a_recording_of_today_or_before(today: Contract) -> None:
    assert RECORDINGS, "record the first version: contractkit record"
    assert today.http is not None
    assert today.http.version in {recording.version for recording in RECORDINGS}, (
        f"version {today.http.version} has no recording; run `contractkit record` and commit it"
    )


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.version)
class TestRecording:
    def test_it_holds_every_kind_of_payload(self, recording: Recording) -> None:
        recorded = {line.key for line in recording.traffic}
        assert recorded == {payload.key for payload in payloads(recording.contract)}

    def test_todays_models_parse_what_was_sent(
        self, recording: Recording, today: Contract, todays_models: Models
    ) -> None:
        """Old servers' answers, old events in the log, old jobs in the queue."""
        old = {payload.key: payload for payload in payloads(recording.contract)}
        new = {payload.key: payload for payload in payloads(today)}
        for line in recording.traffic:
            if line.key not in new or breaks(old[line.key], new[line.key], Role.IN):
                continue
            todays_models.parse(line.key, line.payload)

    def test_the_models_of_then_parse_what_is_sent_today(
        self, recording: Recording, today: Contract, generate: Any
    ) -> None:
        """Old clients, old consumers, old workers."""
        models = generate(recording.contract, f"models_{recording.version.replace('.', '_')}")
        old = {payload.key: payload for payload in payloads(recording.contract)}
        self_contained = SelfContainedSchemas()
        for payload in payloads(today):
            if payload.key not in old or breaks(old[payload.key], payload, Role.OUT):
                continue
            for value in examples(payload, self_contained, 5):
                models.parse(payload.key, value)

    def test_what_disappeared_is_known_to_the_gate(
        self, recording: Recording, today: Contract
    ) -> None:
        assert DAY is not None
        found = compare(recording.contract, today, Terms(DAY, version_policy=False, budget=0))
        named = {operation for finding in found for operation in finding.operations}
        keys = {payload.key for payload in payloads(today)}
        gone = {line.operation for line in recording.traffic if line.key not in keys}
        assert gone <= named


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    folder = tmp_path_factory.mktemp("broken") / "specs"
    shutil.copytree(ROOT / "specs", folder)
    for name, edits in CHANGES.items():
        text = (folder / name).read_text(encoding="utf-8")
        for before, after in edits:
            assert before in text, f"{name} no longer says {before!r}; choose another edit"
            text = text.replace(before, after)
        (folder / name).write_text(text, encoding="utf-8")
    return read_contract(FolderTree(folder), openapi="openapi.yaml", asyncapi="asyncapi.yaml")


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.version)
def test_the_same_payload_travels_the_same_way(recording: Recording, today: Contract) -> None:
    """Exchange, routing key, properties, headers and body of a supported version, byte for byte.

    Headers may be added; the version that the producer was generated from is its own.
    """
    assert today.messaging is not None
    assert recording.contract.messaging is not None
    if not same_major(recording.contract.messaging.version, today.messaging.version):
        return
    file = Path(__file__).parent / "recordings" / recording.version / "wire.jsonl"
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert {line["wire"]["operation"] for line in lines} == set(BUILDERS)
    for line in lines:
        then = line["wire"]
        now = travels(then["operation"], line["payload"])
        before, after = then.pop("headers"), now.pop("headers")
        for headers in (before, after):
            headers.pop("x-contract-version", None)
        assert now == then
        assert {name: after.get(name) for name in before} == before


class TestVerdicts:
    """Break our own contract on purpose: each witness of the gate must split the models, too."""

    def test_every_witness_splits_the_generated_models(
        self, today: Contract, broken: Contract, todays_models: Models, generate: Any
    ) -> None:
        assert DAY is not None
        changed = generate(broken, "models_broken")
        found = compare(today, broken, Terms(DAY, version_policy=False))
        breaking = [finding for finding in found if finding.severity is Severity.BREAKING]
        assert {finding.rule.id for finding in breaking} == {"S13", "S14", "S17"}
        for finding in breaking:
            witness = finding.witness
            assert witness is not None, finding.message
            assert witness.whole
            takes, refuses = todays_models, changed
            if witness.accepted_by == "NEW":
                takes, refuses = changed, todays_models
            split = [
                payload.key
                for payload in payloads(today)
                if payload.operation in finding.operations
                and takes.accepts(payload.key, witness.payload)
                and not refuses.accepts(payload.key, witness.payload)
            ]
            assert split, f"{finding.message}: no model tells {witness.payload} apart"

    def test_what_is_called_harmless_parses(
        self, today: Contract, broken: Contract, todays_models: Models, generate: Any
    ) -> None:
        changed = generate(broken, "models_broken_again")
        new = {payload.key: payload for payload in payloads(broken)}
        self_contained = SelfContainedSchemas(), SelfContainedSchemas()
        judged = 0
        for payload in payloads(today):
            after = new[payload.key]
            if not breaks(payload, after, Role.IN):
                for value in examples(payload, self_contained[0], 4):
                    changed.parse(payload.key, value)
                    judged += 1
            if not breaks(payload, after, Role.OUT):
                for value in examples(after, self_contained[1], 4):
                    todays_models.parse(payload.key, value)
                    judged += 1
        assert judged
