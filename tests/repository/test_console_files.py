"""The console's built files are in the repository, so that nobody needs Node to see it."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def console() -> ModuleType:
    spec = importlib.util.spec_from_file_location("console", ROOT / "scripts" / "console.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy what the check reads to where it may be broken."""
    skipped = shutil.ignore_patterns("node_modules", ".next")
    shutil.copytree(ROOT / "web", tmp_path / "web", ignore=skipped)
    shutil.copytree(ROOT / "generated" / "typescript", tmp_path / "generated" / "typescript")
    return tmp_path


def test_the_built_files_are_those_of_the_sources(console: ModuleType) -> None:
    assert console.stale() is None


def test_a_changed_source_is_noticed(console: ModuleType, copy: Path) -> None:
    source = copy / "web" / "src" / "globals.css"
    source.write_text(source.read_text() + "\n")
    assert "sources" in str(console.stale(copy))


def test_a_changed_client_is_noticed(console: ModuleType, copy: Path) -> None:
    client = copy / "generated" / "typescript" / "client.js"
    client.write_text(client.read_text() + "\n")
    assert "sources" in str(console.stale(copy))


def test_a_built_file_that_was_edited_is_noticed(console: ModuleType, copy: Path) -> None:
    page = copy / "web" / "out" / "index.html"
    page.write_text(page.read_text() + "\n")
    assert "web/out" in str(console.stale(copy))


def test_a_built_file_that_is_missing_is_noticed(console: ModuleType, copy: Path) -> None:
    (copy / "web" / "out" / "jobs.html").unlink()
    assert "web/out" in str(console.stale(copy))


def test_the_lock_file_names_no_registry() -> None:
    assert "://" not in "".join(
        line
        for line in (ROOT / "web" / "package-lock.json").read_text().splitlines()
        if '"resolved"' in line
    )


def test_nothing_is_loaded_from_elsewhere() -> None:
    for page in (ROOT / "web" / "out").rglob("*.html"):
        text = page.read_text()
        for start in ('src="http', 'href="http', 'src="//', 'href="//', "url(http"):
            assert start not in text, f"{page.name} has {start}"
