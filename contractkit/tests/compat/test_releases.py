"""Stored releases: what later versions are held against, without tags, history or git."""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from compat.contracts import http_document, messaging_document
from compat.project import NARROW, WIDE, Project, names
from contractkit.cli import app
from contractkit.compat.releases import read_release, versions
from contractkit.compat.rule import Severity
from contractkit.errors import ContractKitError, UsageError

WIDER = {"type": "string", "enum": ["a", "b", "c", "d"]}


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def no_git(monkeypatch: pytest.MonkeyPatch) -> None:
    found = shutil.which
    monkeypatch.setattr(
        "shutil.which", lambda name, *a, **k: None if name == "git" else found(name, *a, **k)
    )


class TestRelease:
    """`contractkit release`."""

    def test_documents_are_stored_bundled_under_their_version(self, project: Project) -> None:
        assert "Stored" in run("release")
        folder = project.root / "specs/releases"
        assert versions(folder) == ["1.0.0"]
        document = json.loads((folder / "1.0.0/openapi.json").read_text())
        assert "schemas/kind.yaml" not in json.dumps(document)
        assert "Stored already" in run("release")
        contract = read_release(project.root, folder, "1.0.0")
        assert contract.http is not None
        assert contract.messaging is not None

    def test_what_is_stored_means_what_was_written(self, project: Project) -> None:
        run("release")
        status, report = project.diff("specs/releases/1.0.0", ".", "--all")
        assert status == 0
        assert {f["severity"] for f in report["findings"]} <= {"ok", "warning"}
        assert {f["name"] for f in report["findings"]} <= {"component-moved"}

    def test_a_stored_version_never_changes(self, project: Project) -> None:
        run("release")
        project.schema(WIDE)
        with pytest.raises(UsageError, match="another content"):
            run("release")
        run("release", "--replace")
        project.schema(WIDER, version="1.1.0")
        run("release")
        assert versions(project.root / "specs/releases") == ["1.1.0", "1.0.0"]

    def test_a_version_must_be_one(self, project: Project) -> None:
        project.schema(NARROW, version="spring")
        with pytest.raises(UsageError, match="not a semantic version"):
            run("release")

    def test_of_a_commit(self, project: Project) -> None:
        project.schema(WIDE, version="1.1.0")
        run("release", "--revision", "HEAD", "--folder", "kept")
        assert versions(project.root / "kept") == ["1.0.0"]

    def test_versions_are_ordered_as_numbers(self, project: Project) -> None:
        for version in ("1.9.0", "1.10.0", "1.10.0-rc.1"):
            project.schema(NARROW, version=version)
            run("release")
        (project.root / "specs/releases/notes").mkdir()
        assert versions(project.root / "specs/releases") == ["1.10.0", "1.10.0-rc.1", "1.9.0"]


class TestTransitive:
    """Transitive modes hold against stored releases."""

    def test_without_tags(self, project: Project) -> None:
        run("release")
        project.schema(WIDE, version="1.1.0")
        project.commit("wider, which was waived")
        status, report = project.diff("HEAD")
        finding = next(f for f in report["findings"] if f["name"] == "enum-value-added")
        assert (status, finding["against"], report["against"]) == (1, ["1.0.0"], ["1.0.0"])

    def test_in_a_shallow_clone(self, project: Project, tmp_path: Path) -> None:
        run("release")
        project.schema(WIDE, version="1.1.0")
        project.commit("wider")
        clone = tmp_path / "clone"
        project.git("clone", "-q", "--depth", "1", project.root.as_uri(), str(clone))
        shallow = Project.__new__(Project)
        shallow.root = clone
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(clone)
            status, report = shallow.diff()
        assert (status, report["against"]) == (1, ["1.0.0"])

    def test_another_major_version_is_left_behind(self, project: Project) -> None:
        run("release")
        project.schema(WIDE, version="2.0.0")
        project.commit("second major")
        status, report = project.diff("HEAD")
        assert (status, report["against"]) == (0, [])

    def test_below_1_0_0_a_minor_version_is_a_major_one(self, project: Project) -> None:
        project.schema(NARROW, version="0.1.0")
        run("release")
        for version, status, against in (("0.1.1", 1, ["0.1.0"]), ("0.2.0", 0, [])):
            project.schema(WIDE, version=version)
            project.commit(version)
            assert project.diff("HEAD")[0] == status
            assert project.diff("HEAD")[1]["against"] == against

    def test_a_tag_of_a_stored_version_counts_once(self, project: Project) -> None:
        run("release")
        project.commit("stored")
        project.git("tag", "v1.0.0")
        project.configure("tags = 3\n")
        project.schema(WIDE, version="1.1.0")
        _, report = project.diff("HEAD")
        assert report["against"] == ["1.0.0"]

    def test_two_files_are_compared_alone(self, project: Project) -> None:
        run("release")
        for name, schema in (("old", WIDE), ("new", WIDER)):
            text = yaml.safe_dump(http_document(schema, "in"))
            (project.root / f"{name}.yaml").write_text(text)
        status, report = project.diff("old.yaml", "new.yaml")
        assert (status, report["against"], names(report)) == (0, [], ["version-unchanged"])


@pytest.mark.usefixtures("no_git")
class TestWithoutGit:
    """A machine without git."""

    def test_files_and_folders_are_compared(self, project: Project) -> None:
        for name, schema in (("old", NARROW), ("new", WIDE)):
            folder = project.root / name
            folder.mkdir()
            (folder / "openapi.yaml").write_text(yaml.safe_dump(http_document(schema, "out")))
        assert project.diff("old", "new")[0] == 1
        assert project.diff("old/openapi.yaml", "new/openapi.yaml")[0] == 1
        assert project.diff("old/openapi.yaml", "old")[0] == 0

    def test_the_last_release_is_old(self, project: Project) -> None:
        run("release")
        project.schema(WIDE, version="1.1.0")
        run("release", "--folder", "elsewhere")
        status, report = project.diff()
        assert (status, report["old"]) == (1, "1.0.0")
        assert "enum-value-added" in names(report)

    def test_nothing_to_compare_with(self, project: Project) -> None:
        with pytest.raises(UsageError, match="Say what OLD is"):
            project.diff()

    def test_a_wrong_path(self, project: Project) -> None:
        with pytest.raises(UsageError, match=r"no file, no folder and no commit.*not installed"):
            project.diff("specs/openapi.yml")


class TestPaths:
    """What OLD and NEW can be."""

    def test_a_wrong_path_is_called_so(self, project: Project) -> None:
        (project.root / "new.yaml").write_text(yaml.safe_dump(http_document({}, "in")))
        for arguments in (("old.yaml", "new.yaml"), ("new.yaml", "nwe.yaml"), ("nonsense",)):
            with pytest.raises(UsageError, match="There is no file, no folder and no commit"):
                project.diff(*arguments)

    def test_outside_of_a_repository(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        with pytest.raises(UsageError, match="in no git repository"):
            Project.run("main")

    def test_swagger(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "a.yaml").write_text("swagger: '2.0'\n")
        (tmp_path / "b.yaml").write_text("- a\n")
        with pytest.raises(ContractKitError, match=r"Swagger 2\.0"):
            Project.run("a.yaml", "a.yaml")
        with pytest.raises(ContractKitError, match="neither OpenAPI nor AsyncAPI"):
            Project.run("b.yaml", "b.yaml")


class TestPolicy:
    """Versions and waivers."""

    def test_words_and_extensions_want_no_version(self, project: Project) -> None:
        document = http_document({"$ref": "schemas/kind.yaml"}, "out")
        document["x-owner"] = "a"
        project.schema({**NARROW, "description": "words"}, openapi=document)
        status, report = project.diff("HEAD", "--all")
        assert (status, set(names(report))) == (0, {"documentation-changed", "extension-changed"})
        project.schema(
            NARROW, asyncapi=messaging_document({"type": "string", "minLength": 0}, "in")
        )
        assert project.diff("HEAD")[0] == 0

    def test_only_the_break_needs_a_waiver(self, project: Project) -> None:
        project.schema(WIDE)
        _, report = project.diff("HEAD")
        notes = {f["name"]: f["note"] for f in report["findings"]}
        assert "needs no waiver itself" in notes["breaking-without-major"]
        fields = {"reason": "r", "owner": "o", "expires": "2027-01-01"}
        waivers = [{"fingerprint": f["fingerprint"], **fields} for f in report["findings"]]
        (project.root / "waivers.yaml").write_text(yaml.safe_dump(waivers))
        status, report = project.diff("HEAD")
        assert status == 1
        (complaint,) = report["waivers"]
        assert "is not needed: only the break needs one" in complaint

    def test_other_comparisons_need_not_match_the_waivers(self, project: Project) -> None:
        project.schema(WIDE)
        project.waive()
        text = yaml.safe_dump(http_document({"type": "string"}, "in"))
        wider = yaml.safe_dump(http_document({"type": ["string", "null"]}, "in"))
        (project.root / "old.yaml").write_text(text)
        (project.root / "new.yaml").write_text(wider)
        assert project.diff("old.yaml", "new.yaml")[0] == 0


class TestSummary:
    """A report begins with what it holds; values of one enumeration are one finding."""

    def test_values_of_an_enumeration_are_one_finding(self, project: Project) -> None:
        project.schema({"type": "string", "enum": [f"v{n:02}" for n in range(30)] + ["a", "b"]})
        _, report = project.diff("HEAD")
        (finding,) = [f for f in report["findings"] if f["name"] == "enum-value-added"]
        assert finding["message"].endswith('"v11" and 18 more are new')
        assert finding["witness"]["whole"]

    def test_so_are_alternatives_of_one_value_each(self, project: Project) -> None:
        def listed(*values: str) -> dict[str, object]:
            return {"oneOf": [{"const": value, "title": value.upper()} for value in values]}

        project.schema(listed("a", "b"))
        project.commit("described values")
        project.schema(listed("a", "c", "b", "d", "e"))
        _, report = project.diff("HEAD")
        (finding,) = [f for f in report["findings"] if f["name"] == "branch-added"]
        assert finding["message"] == "the alternatives C, D, E are new"
        assert finding["about"].endswith("kind.yaml#/oneOf")
        assert finding["witness"]["payload"] in {"c", "d", "e"}

    def test_text_markdown_and_json_begin_with_the_counts(self, project: Project) -> None:
        project.schema({"type": "string", "enum": ["a", "b", "c", "d"]})
        _, text = project.run("HEAD")
        lines = text.splitlines()
        assert lines[0] == "0 unclassified, 2 breaking, 0 warning, 0 ok"
        assert "     1 breaking     S14 enum-value-added" in lines
        assert "     1    1  useThing" in lines
        _, report = project.diff("HEAD")
        assert report["mostAffected"] == [{"operation": "useThing", "findings": 1, "breaking": 1}]
        assert {"severity": "breaking", "rule": "S14", "name": "enum-value-added", "count": 1} in (
            report["rules"]
        )
        _, markdown = project.run("HEAD", "-f", "markdown")
        assert "Most affected: useThing (1, 1 breaking)." in markdown
        assert Severity.BREAKING.label in markdown
