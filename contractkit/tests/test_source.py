"""Files become data with positions; whatever is wrong is told at its place with the mend."""

import subprocess
from dataclasses import replace

import pytest

from contractkit.documents import Documents
from contractkit.errors import SpecError, UnsupportedError, UsageError
from contractkit.source import parse
from contractkit.tree import FolderTree, GitTree


def test_yaml_scalars_follow_yaml_1_2():
    text = "on: yes\ndate: 2026-11-23\nversion: 0.9.1\nint: 010\nhex: 0x1f\nf: 1e3\nnull: ~\n'1': true\nq: 'true'\n"
    value = parse("a.yaml", text.encode()).value
    assert value == {
        "on": "yes", "date": "2026-11-23", "version": "0.9.1", "int": 10, "hex": 31, "f": 1000.0,
        "null": None, "1": True, "q": "true",
    }  # fmt: skip


def test_positions_of_every_pointer_in_yaml_and_json():
    yaml = parse("a.yaml", b"a:\n  - b/c: 1\n    ~d: {e: 2}\n")
    places = {p: yaml.positions[p] for p in ("/a", "/a/0", "/a/0/b~1c", "/a/0/~0d/e")}
    assert places == {"/a": (1, 1), "/a/0": (2, 5), "/a/0/b~1c": (2, 5), "/a/0/~0d/e": (3, 10)}
    json = parse("a.json", b'{\n\t"a": [\n  {"b/c": 1}, "\\ud83d\\ude00"]\n}')
    assert json.value == {"a": [{"b/c": 1}, "😀"]}
    assert json.positions["/a/0/b~1c"] == (3, 4)
    assert json.positions["/a/1"] == (3, 15)
    assert json.locate("/a/0/none/deeper").line == 3


def test_merge_keys_and_anchors():
    value = parse("a.yaml", b"x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\nz: *x\n").value
    assert value == {"x": {"a": 1, "b": 2}, "y": {"a": 1, "b": 3}, "z": {"a": 1, "b": 2}}


@pytest.mark.parametrize(
    ("file", "content", "line", "words"),
    [
        ("a.yaml", b"a: 1\nb: 2\na: 3\n", 3, "appears twice"),
        ("a.yaml", b"a: [1,\n", 2, "not YAML"),
        ("a.yaml", b"a: &x [*x]\n", 1, "contains itself"),
        ("a.yaml", b"? [a]\n: 1\n", 1, "not a scalar"),
        ("a.yaml", b"", 1, "empty"),
        ("a.yaml", b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        ("a.json", b'{"a": 1,\n "a": 2}', 2, "appears twice"),
        ("a.json", b'{"a": 1,\n}', 2, "key in double quotes"),
        ("a.json", b"[1 2]", 1, "','"),
        ("a.json", b'{"a": "x', 1, "Unterminated"),
        ("a.json", b"[1] 2", 1, "behind the value"),
        ("a.json", rb'["\ud83d\ude00",' + b"\n" + rb'"\ud800"]', 2, "half of a surrogate pair"),
        ("a.json", b"[1,\n" + b"9" * 5000 + b"]", 2, "more than 3000 digits"),
        ("a.yaml", b"a: 1\nb: " + b"9" * 5000, 2, "more than 3000 digits"),
        ("a.yaml", b"a: 1\nb: 0x" + b"f" * 5000, 2, "more than 3000 digits"),
    ],
)
def test_what_cant_be_read_is_told_at_its_place(file, content, line, words):
    with pytest.raises(SpecError, match=words) as caught:
        parse(file, content)
    assert (caught.value.location.file, caught.value.location.line) == (file, line)
    assert caught.value.mend


def test_anchors_that_repeat_each_other_are_refused_before_they_fill_the_memory():
    lines = ["a0: &a0 [x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    with pytest.raises(SpecError, match="repeats anchors") as caught:
        parse("a.yaml", "\n".join(lines).encode())
    assert caught.value.location.line <= len(lines)


@pytest.mark.parametrize("shared", [b"&x {a: 1}", b"{a: 1}"])
def test_a_long_file_has_as_many_values_as_it_writes(shared):
    text = b"- " + shared + b"\n" + b"- 1\n" * 120_000
    assert len(parse("a.yaml", text).value) == 120_001


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.yaml").write_text(
        "here: {$ref: '#/there'}\nthere: {$ref: 'sub/b.yaml#/x%20y'}\ncircle: {$ref: '#/circle'}\n"
        "gone: {$ref: '#/nowhere'}\nfile: {$ref: 'c.yaml'}\nup: {$ref: '../d.yaml'}\n"
        "net: {$ref: 'https://example.com/x'}\nanchor: {$ref: '#name'}\n"
    )
    (tmp_path / "sub/b.yaml").write_text("x y: {$ref: '../a.yaml#/list/1'}\n")
    with (tmp_path / "a.yaml").open("a") as file:
        file.write("list: [1, {found: true}]\n")
    return tmp_path


def test_references_are_followed_across_files(folder):
    documents = Documents(FolderTree(folder))
    found = documents.follow(documents.at("a.yaml", "/here"))
    assert found.value == {"found": True}
    assert found.location.reference == "a.yaml#/list/1"
    assert documents.files == ["a.yaml", "sub/b.yaml"]


@pytest.mark.parametrize(
    ("pointer", "line", "words"),
    [
        ("/circle", 3, "cycle"),
        ("/gone", 4, "'nowhere' is missing"),
        ("/file", 5, "file that does not exist"),
        ("/up", 6, "file that does not exist"),
        ("/net", 7, "another host"),
        ("/anchor", 8, "anchor"),
    ],
)
def test_a_bad_reference_is_told_where_it_stands(folder, pointer, line, words):
    documents = Documents(FolderTree(folder))
    with pytest.raises(SpecError, match=words) as caught:
        documents.follow(documents.at("a.yaml", pointer))
    assert caught.value.location.line == line
    assert isinstance(caught.value, UnsupportedError) == (pointer in {"/net", "/anchor"})


def test_a_revision_of_git_is_read_without_a_checkout(folder):
    def git(*arguments):
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    (folder / "a.yaml").write_text("here: changed\n")
    (folder / "new.yaml").write_text("x: 1\n")
    old, new = Documents(GitTree(folder, "HEAD")), Documents(FolderTree(folder))
    assert old.follow(old.at("a.yaml", "/here")).value == {"found": True}
    assert new.at("a.yaml", "/here").value == "changed"
    with pytest.raises(UsageError, match=r"new.yaml does not exist in the HEAD"):
        old.root("new.yaml")
    with pytest.raises(UsageError, match="no commit"):
        GitTree(folder, "nowhere")
    sub = Documents(GitTree(folder / "sub", "HEAD"))
    assert sub.at("b.yaml", "").value


def test_children_follow_what_stands_below(folder):
    documents = Documents(FolderTree(folder))
    node = documents.at("a.yaml", "/list")
    assert [key for key, _ in documents.children(node)] == ["0", "1"]
    assert documents.child(node, "1", "found") is not None
    assert documents.child(node, 2) is None
    assert list(documents.children(replace(node, value=1))) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.json", "[" * 101 + "]" * 101),
        ("a.json", '{"a":' * 101 + "1" + "}" * 101),
        ("a.yaml", "[" * 101 + "]" * 101),
        ("a.yaml", "\n".join(f"{' ' * level}a:" for level in range(102))),
        ("a.yaml", "- " * 101 + "1"),
        ("a.yaml", "[" * 200_000 + "]" * 200_000),
        ("a.yaml", "- " * 20_000 + "1"),
    ],
)
def test_a_file_is_not_nested_deeper_than_can_be_followed(file, text):
    with pytest.raises(SpecError, match=r"more than 100 levels deep\. Put inner"):
        parse(file, text.encode())


def test_a_file_may_be_nested_deep():
    for file, text in (("a.json", "[" * 100 + "]" * 100), ("a.yaml", "- " * 100 + "1")):
        assert parse(file, text.encode()).positions[""] == (1, 1)
    assert len(parse("a.yaml", ("- [{}]\n" * 5000).encode()).value) == 5000


def test_a_reference_to_what_can_be_no_file_is_told_at_its_place(tmp_path):
    (tmp_path / "a.yaml").write_text(f"a: {{$ref: {'x' * 5000}.yaml}}\nb: {{$ref: 'b\\0.yaml'}}\n")
    documents = Documents(FolderTree(tmp_path))
    for key in ("a", "b"):
        with pytest.raises(SpecError, match="leads to a file that does not exist"):
            documents.follow(documents.child(documents.root("a.yaml"), key))
