"""The reference of settings is complete and is what docs/ shows."""

from pathlib import Path

from backbone.settings import Settings
from slipway.settings_page import settings_page

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


def test_every_setting_says_what_it_means() -> None:
    page = settings_page()
    for name in Settings.model_fields:
        assert f"| `{name.upper()}` |" in page


def test_the_page_in_docs_is_current() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == settings_page(), "run make generate"
