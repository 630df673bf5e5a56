"""The workflows of Arazzo documents, as far as a page shows them: the calls and their order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contractkit.docs.prose import slug
from contractkit.documents import Documents
from contractkit.errors import MALFORMED, SpecError, malformed
from contractkit.source import Source


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a workflow. `takes` are the outputs that it uses, as `step.output`."""

    step_id: str
    description: str
    operation_id: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow: its summary, its inputs, and its steps."""

    workflow_id: str
    summary: str
    description: str
    inputs: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def anchor(self) -> str:
        """The fragment of its section."""
        return f"flow-{slug(self.workflow_id)}"


def read_workflows(
    documents: Documents, files: Iterable[str], operation_ids: Iterable[str]
) -> tuple[Workflow, ...]:
    """Return the workflows of Arazzo 1.0 documents whose steps call operations by their ids.

    Raises SpecError for a file that is no such document, and for a step with an unknown operation.
    """
    known = frozenset(operation_ids)
    found: list[Workflow] = []
    for file in files:
        source = documents.written(file)
        if not isinstance(source.value, Mapping) or not str(
            source.value.get("arazzo", "")
        ).startswith("1."):
            raise SpecError(
                source.locate(""), "This is not an Arazzo 1 document.", "Write `arazzo: 1.0.1`."
            )
        try:
            found += [
                _workflow(source, f"/workflows/{at}", value, known)
                for at, value in enumerate(source.value["workflows"])
            ]
        except MALFORMED as error:
            raise malformed(source.locate("/workflows"), error) from error
    return tuple(found)


def _workflow(
    source: Source, pointer: str, value: Mapping[str, Any], known: frozenset[str]
) -> Workflow:
    inputs = value.get("inputs", {}).get("properties", {})
    return Workflow(
        str(value["workflowId"]),
        str(value.get("summary", value["workflowId"])),
        str(value.get("description", "")),
        tuple(map(str, inputs)),
        tuple(
            _step(source, f"{pointer}/steps/{at}", step, known)
            for at, step in enumerate(value["steps"])
        ),
    )


def _step(source: Source, pointer: str, value: Mapping[str, Any], known: frozenset[str]) -> Step:
    operation_id = str(value.get("operationId", ""))
    if operation_id not in known:
        raise SpecError(
            source.locate(f"{pointer}/operationId"),
            f"This step calls {operation_id!r}, which is not an operation of the OpenAPI document.",
            "Name one by its `operationId`.",
        )
    called = {key: part for key, part in value.items() if key in {"parameters", "requestBody"}}
    return Step(
        str(value["stepId"]),
        str(value.get("description", "")),
        operation_id,
        tuple(dict.fromkeys(_taken(called))),
        tuple(map(str, value.get("outputs", {}))),
    )


def _taken(value: Any) -> Iterable[str]:
    """Return the expressions in a value that refer to earlier steps."""
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _taken(part)
    elif isinstance(value, list):
        for part in value:
            yield from _taken(part)
    elif isinstance(value, str) and value.startswith("$steps."):
        step, _, output = value.removeprefix("$steps.").partition(".outputs.")
        yield f"{step}.{output}"
