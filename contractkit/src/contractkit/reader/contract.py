"""Reads both documents of one revision."""

from contractkit.documents import Documents
from contractkit.dynamic_references import settle_dynamic_references
from contractkit.model.contract import Contract
from contractkit.reader.asyncapi import read_asyncapi
from contractkit.reader.openapi import read_openapi
from contractkit.reader.unread import UnreadPart
from contractkit.tree import Tree


def read_contract(
    tree: Tree,
    *,
    openapi: str | None,
    asyncapi: str | None,
    unread: list[UnreadPart] | None = None,
) -> Contract:
    """Return the contract; `openapi` and `asyncapi` are files relative to the tree's root.

    Raises SpecError for a part that can't be read, UsageError when a file is missing. With a list
    `unread`, single parts that can't be read are appended to it instead.
    """
    return read_documents(Documents(tree), openapi=openapi, asyncapi=asyncapi, unread=unread)


def read_documents(
    documents: Documents,
    *,
    openapi: str | None,
    asyncapi: str | None,
    unread: list[UnreadPart] | None = None,
) -> Contract:
    """Return the contract of documents, of which some files may be loaded, like `read_contract`."""
    contract = Contract(
        documents=documents,
        http=None if openapi is None else read_openapi(documents, openapi, unread),
        messaging=None if asyncapi is None else read_asyncapi(documents, asyncapi, unread),
    )
    settle_dynamic_references(documents)
    return contract
