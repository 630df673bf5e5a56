"""A contract from text, and its pages."""

import pytest

from contractkit.docs.page_options import PageOptions
from contractkit.docs.pages import render_pages
from contractkit.reader.contract import read_contract
from contractkit.tree import FolderTree


@pytest.fixture
def pages(tmp_path):
    """Return the pages of documents given as text."""

    def made(openapi=None, asyncapi=None, **options):
        names = {}
        for name, text in (("openapi", openapi), ("asyncapi", asyncapi)):
            if text is not None:
                (tmp_path / f"{name}.yaml").write_text(text)
            names[name] = None if text is None else f"{name}.yaml"
        contract = read_contract(FolderTree(tmp_path), **names)
        return render_pages(contract, PageOptions(**options))

    return made
