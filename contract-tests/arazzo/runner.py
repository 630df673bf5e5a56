"""Runs a workflow of an Arazzo 1.0 document over HTTP, as far as ours need it; refuses what it does not know.

Written by hand because the known runners need Node or a browser's worth of packages for what are five calls.
"""

import re
import time
from typing import Any

import httpx

EXPRESSION = re.compile(r"\$(?:inputs|steps|response|statusCode)[A-Za-z0-9_.#/-]*")
_STEP = {"stepId", "description", "operationId", "parameters", "requestBody", "successCriteria",
         "onFailure", "outputs"}  # fmt: skip


class ArazzoError(ValueError):
    """The document is none that this runner understands; the text says where."""


class StepFailedError(AssertionError):
    """A step's criterion was not met; the text says which, and what was answered."""


def check(document: dict[str, Any], operations: dict[str, Any]) -> None:
    """Refuse a document with unknown members, operations, parameters or references between steps."""
    if not str(document.get("arazzo", "")).startswith("1.0."):
        raise ArazzoError("`arazzo` must be 1.0.x")
    for workflow in document["workflows"]:
        inputs, known = set(workflow["inputs"]["properties"]), {}
        for step in workflow["steps"]:
            place = f"{workflow['workflowId']}/{step.get('stepId')}"
            if unknown := set(step) - _STEP:
                raise ArazzoError(f"{place}: {sorted(unknown)} is not supported")
            operation = operations.get(step["operationId"])
            if operation is None:
                raise ArazzoError(f"{place}: there is no operation {step['operationId']!r}")
            for parameter in step.get("parameters", ()):
                if f"{parameter['in']} {parameter['name']}" not in operation["parameters"]:
                    raise ArazzoError(f"{place}: {step['operationId']} has no {parameter['name']}")
            if not step.get("successCriteria"):
                raise ArazzoError(f"{place}: without successCriteria nothing is proven")
            for expression in EXPRESSION.findall(
                str({k: v for k, v in step.items() if k != "outputs"})
            ):
                _, kind, *rest = re.split(r"[$.#]", expression, maxsplit=3)
                if kind == "inputs" and rest[0] not in inputs:
                    raise ArazzoError(f"{place}: there is no input {rest[0]!r}")
                if kind == "steps" and rest[1].removeprefix("outputs.") not in known.get(
                    rest[0], ()
                ):
                    raise ArazzoError(f"{place}: {expression} is not known before this step")
            known[step["stepId"]] = set(step.get("outputs", ()))


class Run:
    """One run of a workflow; the client keeps cookies."""

    def __init__(
        self, client: httpx.Client, operations: dict[str, Any], inputs: dict[str, Any]
    ) -> None:
        self._client = client
        self._operations = operations
        self._inputs = inputs
        self._outputs: dict[str, dict[str, Any]] = {}

    def run(self, workflow: dict[str, Any]) -> dict[str, Any]:
        """Do all steps; gives the workflow's outputs. Raises StepFailedError."""
        for step in workflow["steps"]:
            self._step(step)
        return {name: self._value(one, None) for name, one in workflow.get("outputs", {}).items()}

    def _step(self, step: dict[str, Any]) -> None:
        (action,) = step.get("onFailure") or [{"type": "end", "retryLimit": 0}]
        for left in range(int(action["retryLimit"]), -1, -1):
            response = self._call(step)
            unmet = [
                criterion["condition"]
                for criterion in step["successCriteria"]
                if not self._holds(criterion["condition"], response)
            ]
            if not unmet:
                self._outputs[step["stepId"]] = {
                    name: self._value(one, response)
                    for name, one in step.get("outputs", {}).items()
                }
                return
            if left:
                time.sleep(float(action["retryAfter"]))
        raise StepFailedError(
            f"{step['stepId']}: {unmet}; answered {response.status_code} {response.text[:300]}"
        )

    def _call(self, step: dict[str, Any]) -> httpx.Response:
        method, _, path = self._operations[step["operationId"]]["place"].partition(" ")
        query, headers = {}, {}
        for parameter in step.get("parameters", ()):
            value = self._value(parameter["value"], None)
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", str(value))
            else:
                (query if parameter["in"] == "query" else headers)[parameter["name"]] = str(value)
        body = step.get("requestBody")
        payload = None if body is None else self._value(body["payload"], None)
        return self._client.request(method, path, params=query, headers=headers, json=payload)

    def _holds(self, condition: str, response: httpx.Response) -> bool:
        left, operator, right = condition.partition(" == ")
        if not operator:
            raise ArazzoError(f"{condition!r}: only == is supported")
        wanted = self._value(right, response)
        if isinstance(wanted, str):
            wanted = wanted[1:-1] if wanted.startswith("'") else wanted
            wanted = int(wanted) if right.isdecimal() else wanted
        return bool(self._value(left, response) == wanted)

    def _value(self, value: Any, response: httpx.Response | None) -> Any:
        if isinstance(value, dict):
            return {key: self._value(one, response) for key, one in value.items()}
        if isinstance(value, list):
            return [self._value(one, response) for one in value]
        if not (isinstance(value, str) and EXPRESSION.fullmatch(value)):
            return value
        if value == "$statusCode":
            return response.status_code if response is not None else None
        if value.startswith("$inputs."):
            return self._inputs[value.removeprefix("$inputs.")]
        if value.startswith("$steps."):
            _, step, _, output = value.split(".", 3)
            return self._outputs[step][output]
        found = response.json() if response is not None else {}
        for token in value.partition("#/")[2].split("/"):
            if isinstance(found, list):
                found = found[int(token)] if token.isdecimal() and int(token) < len(found) else None
            else:
                found = found.get(token) if isinstance(found, dict) else None
        return found
