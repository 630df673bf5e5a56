"""Pages link to files that exist."""

import re

import pytest

from testing.checkout import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/**/README.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
CODE = re.compile(r"`((?:backbone|gateway|service|worker|slipway|scripts|deploy)/[\w./-]*)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_leads_somewhere(page):
    text = page.read_text()
    broken = [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    assert broken == []


def test_the_index_names_each_page():
    index = ROOT / "docs" / "index.md"
    named = {(index.parent / link).resolve() for link in LINK.findall(index.read_text())}
    pages = {
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("specs/decisions/*.md"),
        *ROOT.glob("contractkit/docs/*.md"),
    } - {index}
    assert sorted(pages - named) == []


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/*.md")), ids=lambda page: page.name)
def test_each_file_that_a_page_names_is_there(page):
    named = CODE.findall(page.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []
