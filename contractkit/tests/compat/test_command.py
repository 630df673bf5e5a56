"""`contractkit diff` in a repository of its own: revisions, versions, tags and exit statuses."""

import subprocess
from pathlib import Path

import pytest

from compat.project import NARROW, WIDE, Project, names
from contractkit.errors import ContractKitError, UsageError


class TestRevisions:
    """G02."""

    def test_the_working_tree_against_a_revision(self, project: Project) -> None:
        assert project.diff("HEAD") == (0, project.diff("HEAD")[1])
        project.schema(WIDE)
        status, report = project.diff("HEAD")
        assert status == 1
        assert names(report) == ["breaking-without-major", "enum-value-added"]
        assert report["findings"][1]["old"]["file"] == "specs/schemas/kind.yaml"

    def test_references_are_resolved_in_their_own_revision(self, project: Project) -> None:
        """The root documents are the same in both commits; only the referenced file differs."""
        first = project.git("rev-parse", "HEAD")
        project.schema(WIDE)
        second = project.commit("second")
        project.schema({"type": "integer"})
        _, report = project.diff(first, second)
        assert names(report) == ["breaking-without-major", "enum-value-added"]
        _, report = project.diff(second, first)
        assert report["verdict"] == "compatible"

    def test_folders_and_files(self, project: Project, tmp_path: Path) -> None:
        other = tmp_path / "other"
        subprocess.run(["cp", "-r", "specs", str(other)], check=True)
        project.schema(WIDE)
        assert "enum-value-added" in names(project.diff("other", "specs")[1])
        status, report = project.diff("other/openapi.yaml", "specs/openapi.yaml")
        assert status == 1
        assert "enum-value-added" in names(report)

    def test_a_branch_means_where_the_work_left_it(self, project: Project) -> None:
        project.git("checkout", "-q", "-b", "work")
        project.git("checkout", "-q", "main")
        project.schema(WIDE, "2.0.0")
        project.commit("main moves on")
        project.git("checkout", "-q", "work")
        assert project.diff("main")[0] == 0
        assert project.diff()[0] == 0
        assert "enum-value-removed" in names(project.diff("main", "--exact", "--all")[1])

    def test_what_does_not_exist(self, project: Project) -> None:
        with pytest.raises(UsageError, match="no commit"):
            project.diff("nowhere")
        (project.root / "empty").mkdir()
        with pytest.raises(UsageError, match="neither an OpenAPI nor an AsyncAPI"):
            project.diff("empty")

    def test_a_document_that_is_new_or_gone(self, project: Project) -> None:
        (project.root / "specs" / "asyncapi.yaml").unlink()
        status, report = project.diff("HEAD")
        assert (status, names(report)) == (1, ["messaging-operation-removed"])
        project.commit("gone")
        project.schema(NARROW)
        status, report = project.diff("HEAD", "--all")
        assert (status, names(report)) == (0, ["messaging-operation-added"])


class TestVersions:
    def test_a_major_version_still_breaks_unless_accepted(self, project: Project) -> None:
        project.schema(WIDE, "2.0.0")
        status, report = project.diff("HEAD")
        assert (status, names(report)) == (1, ["enum-value-added"])
        project.configure("accept-major = true\n")
        assert project.diff("HEAD")[0] == 0
        project.schema(WIDE, "1.1.0")
        assert project.diff("HEAD")[0] == 1

    def test_a_harmless_change_wants_a_version_but_passes(self, project: Project) -> None:
        project.schema({"type": "string", "enum": ["a"]})
        status, report = project.diff("HEAD")
        assert (status, names(report)) == (0, ["version-unchanged"])


class TestTags:
    """G05."""

    def test_transitive_modes_hold_against_the_last_tags(self, project: Project) -> None:
        project.git("tag", "v1.0.0")
        project.schema({"type": "string", "enum": ["a"]}, "1.1.0")
        project.commit("one value less, which readers do not mind")
        project.git("tag", "v1.1.0")
        project.schema({"type": "string", "enum": ["a", "b"]}, "1.2.0")
        _, near = project.diff("HEAD")
        finding = next(f for f in near["findings"] if f["name"] == "enum-value-added")
        assert finding["against"] == ["HEAD (" + project.git("rev-parse", "HEAD")[:10] + ")"]
        project.commit("and back")
        project.schema({"type": "string", "enum": ["a", "b", "c"]}, "1.3.0")
        project.configure("tags = 2\n")
        _, report = project.diff("HEAD")
        assert report["against"] == ["v1.1.0", "v1.0.0"]
        by_value = {f["message"]: f["against"][-1] for f in report["findings"]}
        assert by_value['the values "b", "c" are new'] == "v1.1.0"
        assert by_value['the value "c" is new'] == "v1.0.0"

    def test_a_pre_release_is_older_than_its_release(self, project: Project) -> None:
        for tag in ("v1.0.0", "v1.1.0", "v1.1.0-rc.1"):
            project.git("tag", tag)
        project.configure("tags = 2\n")
        project.schema({"type": "string", "enum": ["a"]}, "1.1.1")
        _, report = project.diff("HEAD")
        assert report["against"] == ["v1.1.0", "v1.1.0-rc.1"]

    def test_a_new_major_version_leaves_old_tags_behind(self, project: Project) -> None:
        project.git("tag", "v1.0.0")
        project.schema(WIDE, "2.0.0")
        project.commit("second major")
        project.configure("tags = 2\n")
        status, report = project.diff("HEAD")
        assert (status, report["against"]) == (0, [])

    def test_a_mode_that_is_not_transitive_ignores_tags(self, project: Project) -> None:
        project.git("tag", "v1.0.0")
        project.schema(WIDE, "1.1.0")
        project.commit("second")
        for modes, status in (("", 1), ('[tool.contractkit.diff.modes]\nhttp = "FULL"\n', 0)):
            project.configure(f"tags = 1\n{modes}")
            assert project.diff("HEAD")[0] == status


class TestStatus:
    def test_what_no_rule_decides_ends_with_two(self, project: Project) -> None:
        project.schema({**NARROW, "vendor": 1}, "1.1.0")
        status, report = project.diff("HEAD")
        assert (status, report["verdict"]) == (2, "cannot tell")

    def test_what_breaks_outweighs_what_nobody_knows(self, project: Project) -> None:
        project.schema({**WIDE, "vendor": 1}, "1.1.0")
        assert project.diff("HEAD")[0] == 1

    @pytest.mark.parametrize(
        "more",
        ["tagz = 3\n", 'tags = "3"\n', '[tool.contractkit.diff.modes]\nthings = "SIDEWAYS"\n'],
    )
    def test_a_wrong_configuration_is_refused(self, project: Project, more: str) -> None:
        project.configure(more)
        with pytest.raises(ContractKitError):
            project.diff("HEAD")

    def test_a_wrong_day_or_target_is_refused(self, project: Project) -> None:
        for arguments in (("--today", "tomorrow"), ("--write", "pdf=a.pdf"), ("--write", "json")):
            with pytest.raises(UsageError):
                project.run("HEAD", *arguments)
