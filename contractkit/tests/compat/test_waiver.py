"""G04: waivers excuse what they name, until their day."""

from pathlib import Path

import pytest

from compat.project import WIDE, Project
from contractkit.compat.waiver import read
from contractkit.errors import SpecError


class TestWaivers:
    """G04."""

    def test_a_live_waiver_excuses_its_finding(self, project: Project) -> None:
        project.schema(WIDE)
        project.waive()
        status, report = project.diff("HEAD")
        assert (status, report["waivers"]) == (0, [])
        waived = {f["name"]: f["waived"] for f in report["findings"]}
        assert waived["enum-value-added"].startswith("a until 2027-01-31")
        assert set(waived) == {"enum-value-added", "version-unchanged"}

    def test_it_excuses_no_other_finding(self, project: Project) -> None:
        project.schema(WIDE)
        project.waive()
        project.schema({"type": "string", "enum": ["a", "b", "c", "d"]})
        status, report = project.diff("HEAD")
        assert status == 1
        assert [f["name"] for f in report["findings"] if not f["waived"]] == [
            "breaking-without-major",
            "enum-value-added",
        ]

    def test_an_expired_one_fails(self, project: Project) -> None:
        project.schema(WIDE)
        project.waive(expires="2026-11-22")
        status, report = project.diff("HEAD")
        assert status == 1
        assert all("expired on 2026-11-22" in line for line in report["waivers"])
        project.waive(expires="2026-11-23")
        assert project.diff("HEAD")[0] == 0

    def test_an_unmatched_one_fails(self, project: Project) -> None:
        project.schema(WIDE)
        project.waive()
        project.schema({"type": "string", "enum": ["a"]}, "1.1.0")
        status, report = project.diff("HEAD")
        assert status == 1
        assert len([line for line in report["waivers"] if "matches no finding" in line]) == 1

    def test_nothing_is_unmatched_where_nothing_changed(self, project: Project) -> None:
        """After the merge, the branch itself must not fail because of the waiver that let it in."""
        project.schema(WIDE)
        project.waive()
        project.commit("merged")
        assert project.diff("HEAD")[0] == 0

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("- {fingerprint: a, reason: b, owner: c}", "incomplete"),
            ("- {fingerprint: a, reason: '', owner: c, expires: 2027-01-01}", "reason is empty"),
            ("- {fingerprint: a, reason: b, owner: c, expires: soon}", "not a date"),
            ("a: b", "list"),
        ],
    )
    def test_what_is_wrong_with_a_file(self, tmp_path: Path, text: str, problem: str) -> None:
        file = tmp_path / "waivers.yaml"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(SpecError, match=problem):
            read(file)
