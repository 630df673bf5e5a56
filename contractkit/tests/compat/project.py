"""A repository with a contract, in which `contractkit diff` is run."""

import json
import subprocess
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner

from compat.contracts import http_document, messaging_document
from contractkit.compat.command import diff

NARROW = {"type": "string", "enum": ["a", "b"]}
WIDE = {"type": "string", "enum": ["a", "b", "c"]}
CONFIGURATION = """
[tool.contractkit]
openapi = "specs/openapi.yaml"
asyncapi = "specs/asyncapi.yaml"

[tool.contractkit.diff]
waivers = "waivers.yaml"
"""


class Project:
    """A repository with a contract whose schema lives in a file of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.email", "a@example.net")
        self.git("config", "user.name", "a")
        self.configure()
        self.schema(NARROW)
        self.commit("first")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def configure(self, more: str = "") -> None:
        (self.root / "pyproject.toml").write_text(CONFIGURATION + more, encoding="utf-8")

    def schema(self, schema: Any, version: str = "1.0.0", **documents: Any) -> None:
        folder = self.root / "specs"
        (folder / "schemas").mkdir(parents=True, exist_ok=True)
        reference = {"$ref": "schemas/kind.yaml"}
        made = {
            "openapi": http_document(reference, "out"),
            "asyncapi": messaging_document({"type": "string"}, "in"),
            **documents,
        }
        for name, document in made.items():
            document["info"]["version"] = version
            (folder / f"{name}.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
        (folder / "schemas" / "kind.yaml").write_text(yaml.safe_dump(schema), encoding="utf-8")

    def diff(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        status, text = self.run(*arguments, "--format", "json", "--today", "2026-11-23")
        return status, json.loads(text)

    @staticmethod
    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(diff, arguments, catch_exceptions=False)
        return result.exit_code, result.stdout

    def waive(self, **changes: Any) -> None:
        _, report = self.diff("HEAD")
        waivers = [
            {
                "fingerprint": finding["fingerprint"],
                "reason": "nobody uses it",
                "owner": "a",
                "expires": "2027-01-31",
                **changes,
            }
            for finding in report["findings"]
            if finding["name"] == "enum-value-added"
        ]
        (self.root / "waivers.yaml").write_text(yaml.safe_dump(waivers), encoding="utf-8")


def names(report: dict[str, Any]) -> list[str]:
    return [finding["name"] for finding in report["findings"]]
