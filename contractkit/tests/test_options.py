"""Options come from the command line, from pyproject.toml, or from the usual places."""

import pytest
from click.testing import CliRunner

from contractkit.cli import app, main
from contractkit.documents import Documents
from contractkit.errors import SpecError, UsageError
from contractkit.options import read_options
from contractkit.tree import FolderTree


def test_the_configuration_of_the_nearest_project_holds(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        '[tool.contractkit]\nasyncapi = "api/events.yaml"\noutput = "src/made"\napp = "shop"\n'
    )
    (tmp_path / "api").mkdir()
    (tmp_path / "api/events.yaml").write_text("asyncapi: 3.0.0\n")
    options = read_options(tmp_path / "api")
    assert (options.root, options.openapi, options.asyncapi) == (tmp_path, None, "api/events.yaml")
    assert (options.output, options.app) == (tmp_path / "src/made", "shop")


def test_the_command_line_replaces_the_configuration(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.contractkit]\nasyncapi = "events.yaml"\n')
    (tmp_path / "other.yaml").write_text("openapi: 3.2.0\n")
    options = read_options(tmp_path, openapi=tmp_path / "other.yaml", output=tmp_path / "x")
    assert (options.openapi, options.asyncapi, options.output.name) == ("other.yaml", None, "x")


def test_files_outside_of_the_project_have_their_own_root(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "b/x.yaml").write_text("openapi: 3.2.0\n")
    options = read_options(tmp_path / "a", openapi=tmp_path / "b/x.yaml")
    assert (options.root, options.openapi) == (tmp_path / "b", "x.yaml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "No contract is named"),
        ('[tool.contractkit]\nopenapi = "x.yaml"\n', "is not a file"),
        ('[tool.contractkit]\nopen-api = "x.yaml"\n', "does not know open-api"),
        ("[tool", "is not TOML"),
    ],
)
def test_a_wrong_configuration_names_the_mend(tmp_path, text, words):
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(UsageError, match=words):
        read_options(tmp_path)


def test_errors_end_with_status_2_and_one_message(tmp_path, monkeypatch, capsys):
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["contractkit", "generate"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("contractkit: No contract is named.")


def refused(monkeypatch, capsys, *arguments):
    """Return what a command says that ends with status 2."""
    monkeypatch.setattr("sys.argv", ["contractkit", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    return capsys.readouterr().err


@pytest.fixture
def contracts(tmp_path, monkeypatch):
    """Work in a folder with a contract of each kind, and a file that is none."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.yaml").write_text("# ours\nopenapi: 3.2.0\n")
    (tmp_path / "events.json").write_text('{"asyncapi": "3.0.0"}')
    (tmp_path / "other.txt").write_text("")


@pytest.mark.parametrize("command", ["lint", "generate", "check", "docs"])
@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("shop.yaml", "--openapi shop.yaml"),
        ("events.json", "--asyncapi events.json"),
        ("other.txt", "--openapi FILE or --asyncapi FILE"),
        ("missing.yaml", "--openapi FILE or --asyncapi FILE"),
    ],
)
@pytest.mark.usefixtures("contracts")
def test_a_document_as_an_argument_is_answered_with_its_option(
    monkeypatch, capsys, command, name, option
):
    said = refused(monkeypatch, capsys, command, name)
    assert said == (
        f"contractkit: {name} is no argument of `contractkit {command}`. Give a document as an "
        f"option: `contractkit {command} {option}`.\n"
    )


@pytest.mark.parametrize("arguments", [("a", "b", "c"), ("--openapi", "a"), ("a", "--asyncapi=b")])
def test_what_diff_compares_are_two_arguments(monkeypatch, capsys, arguments):
    said = refused(monkeypatch, capsys, "diff", *arguments)
    assert said.startswith("contractkit: ")
    assert "`contractkit diff OLD NEW`" in said


@pytest.mark.parametrize(
    "arguments", [("init", "taken"), ("generate", "--openapi", "x.yaml", "--output", "taken/in")]
)
def test_a_file_that_cannot_be_written_is_told(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").write_text("")
    (tmp_path / "x.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: X, version: '1'}\npaths: {}\n"
        "components: {schemas: {A: {type: string}}}\n"
    )
    said = refused(monkeypatch, capsys, *arguments)
    assert said.startswith("contractkit: ")
    assert "taken" in said


def test_the_help_names_every_command():
    output = CliRunner().invoke(app, ["--help"]).output
    assert all(
        name in output
        for name in ("init", "generate", "check", "lint", "explain", "docs", "diff", "release")
    )


def test_a_reference_from_another_folder_starts_at_its_file_or_says_where_to_run(tmp_path):
    for name, text in {
        "a/o.yaml": "s: {$ref: ../b/s.yaml}\n",
        "b/s.yaml": "type: string\n",
    }.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    above = read_options(tmp_path, openapi=tmp_path / "a/o.yaml")
    documents = Documents(FolderTree(above.root))
    node = documents.child(documents.root(above.openapi), "s")
    assert documents.follow(node).value == {"type": "string"}
    beside = read_options(tmp_path / "a", openapi=tmp_path / "a/o.yaml")
    documents = Documents(FolderTree(beside.root))
    with pytest.raises(SpecError, match="run it above them"):
        documents.follow(documents.child(documents.root(beside.openapi), "s"))
