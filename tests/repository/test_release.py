"""What a release refuses, and what it makes of the changelog."""

import importlib.util
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def release() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", ROOT / "scripts" / "release.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_was_unreleased_is_the_version(release: ModuleType) -> None:
    text = (
        "# Changelog\n\n## Unreleased\n\n### Added\n- A thing.\n\n## 1.0.0 - 2026-01-01\n- Old.\n"
    )
    wanted = text.replace("## Unreleased\n", "## Unreleased\n\n## 1.1.0 - 2026-11-26\n")
    assert release.released(text, "1.1.0", TODAY) == wanted


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# Changelog\n\n## Unreleased\n\n## 1.0.0 - 2026-01-01\n- Old.\n", "nothing"),
        ("# Changelog\n", "nothing"),
        ("## Unreleased\n- New.\n\n## 1.1.0 - 2026-01-01\n", "already"),
    ],
)
def test_a_release_without_news_or_a_second_time_is_refused(
    release: ModuleType, text: str, reason: str
) -> None:
    with pytest.raises(release.RefusedError, match=reason):
        release.released(text, "1.1.0", TODAY)


@pytest.mark.parametrize("name", ["specs/openapi.yaml", "specs/asyncapi.yaml"])
def test_the_contracts_say_their_version(release: ModuleType, name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert f"version: {release.contract_version(text)}" in text


def test_our_changelog_can_be_released(release: ModuleType) -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## 99.0.0 - 2026-11-26" in release.released(text, "99.0.0", TODAY)
