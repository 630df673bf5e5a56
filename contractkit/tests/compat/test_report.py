"""G07: the reports."""

import json

import pytest

from compat.project import WIDE, Project
from contractkit.compat.schema.self_contained import RANGES_READ


class TestReports:
    """G07."""

    @pytest.mark.parametrize("shape", ["text", "json", "markdown", "sarif", "changelog"])
    def test_a_report_is_the_same_each_time(self, project: Project, shape: str) -> None:
        project.schema(WIDE)
        arguments = ("HEAD", "-f", shape, "--today", "2026-11-23", "--all")
        first = project.run(*arguments)
        assert first == project.run(*arguments)
        assert first[0] == 1
        assert "c" in first[1]

    def test_text_names_everything_that_one_needs(self, project: Project) -> None:
        project.schema(WIDE)
        _, text = project.run("HEAD")
        for words in (
            "S14 enum-value-added [WIRE]",
            'the value "c" is new',
            "OLD specs/schemas/kind.yaml:",
            "OUT breaking",
            "1 response",
            "useThing",
            'witness "c"',
            "NEW takes it, OLD refuses it",
            "fingerprint ",
        ):
            assert words in text

    def test_sarif_has_places_fingerprints_and_suppressions(self, project: Project) -> None:
        project.schema(WIDE)
        project.waive()
        _, text = project.run("HEAD", "-f", "sarif", "--today", "2026-11-23")
        log = json.loads(text)
        assert log["version"] == "2.1.0"
        run = log["runs"][0]
        result = next(r for r in run["results"] if r["ruleId"] == "S14/enum-value-added")
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "specs/schemas/kind.yaml"
        assert place["region"]["startLine"] >= 1
        assert len(result["partialFingerprints"]["contractkit/v1"]) == 16
        assert result["suppressions"][0]["justification"].startswith("a until")

    def test_markdown_cannot_be_broken_by_a_value(self, project: Project) -> None:
        project.schema({"type": "string", "enum": ["a", "b", "x|y<script>\n```"]})
        _, text = project.run("HEAD", "-f", "markdown")
        rows = [line for line in text.splitlines() if line.startswith("| 🔴")]
        assert len(rows) == 2
        assert "<script>" not in "".join(rows)
        assert "x\\|y&lt;script>" in text

    def test_the_changelog_groups_by_what_readers_care_about(self, project: Project) -> None:
        project.schema(WIDE, "2.0.0")
        _, text = project.run("HEAD", "-f", "changelog")
        assert text.startswith("## OpenAPI 1.0.0 → 2.0.0, AsyncAPI 1.0.0 → 2.0.0")
        assert '### Breaking\n\n- the value "c" is new (useThing)' in text

    def test_reports_are_written_to_files_too(self, project: Project) -> None:
        project.schema(WIDE)
        status, _ = project.run(
            "HEAD", "--write", "json=out/a.json", "--write", "sarif=out/a.sarif"
        )
        assert status == 1
        assert json.loads((project.root / "out/a.json").read_text())["status"] == 1
        assert json.loads((project.root / "out/a.sarif").read_text())["runs"]


INT32 = {"type": "integer", "format": "int32"}


class TestReading:
    """A witness that holds only for schemas read more narrowly than written says so."""

    @pytest.mark.parametrize("shape", ["text", "json", "markdown", "sarif"])
    def test_a_range_of_a_format_is_told_with_the_witness(
        self, project: Project, shape: str
    ) -> None:
        project.schema(INT32)
        project.commit("a range")
        project.schema({"type": "integer"})
        _, text = project.run("HEAD", "-f", shape)
        assert RANGES_READ in text

    def test_a_witness_of_the_schemas_as_written_says_nothing(self, project: Project) -> None:
        project.schema(INT32)
        project.commit("a range")
        project.schema({"type": ["integer", "string"], "format": "int32"})
        _, text = project.run("HEAD")
        assert "witness " in text
        assert RANGES_READ not in text
