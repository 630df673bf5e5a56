"""What the documentation pages are told beside the documents (`[tool.contractkit.docs]`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from contractkit.errors import UsageError

HTTP_FILE: Final = "http.html"
EVENTS_FILE: Final = "events.html"


@dataclass(frozen=True, slots=True)
class PageOptions:
    """What the pages link to, and what they show.

    `http_page` and `events_page` are what the pages call each other, so that they can be served
    under other paths than their file names; `http_documents` and `events_documents` are downloads.
    `workflows` are Arazzo documents, whose flows stand on the page of the operations that they
    call. `try_it` lets a reader send requests, `typescript` shows samples of the client.
    """

    http_page: str = HTTP_FILE
    events_page: str = EVENTS_FILE
    http_documents: tuple[str, ...] = ("openapi.json", "openapi-3.1.json")
    events_documents: tuple[str, ...] = ("asyncapi.json",)
    workflows: tuple[str, ...] = ()
    try_it: bool = True
    typescript: bool = True


def read_page_options(table: Mapping[str, Any], workflows: tuple[str, ...]) -> PageOptions:
    """Return the options of a table. Raises UsageError for a value of another kind."""
    usual = PageOptions()
    return PageOptions(
        http_page=str(table.get("http", usual.http_page)),
        events_page=str(table.get("events", usual.events_page)),
        http_documents=_links(table, "http-documents", usual.http_documents),
        events_documents=_links(table, "events-documents", usual.events_documents),
        workflows=workflows,
        try_it=_flag(table, "try-it"),
        typescript=_flag(table, "typescript"),
    )


def _links(table: Mapping[str, Any], key: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    given = table.get(key, list(usual))
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise UsageError(f"[tool.contractkit.docs] {key} is a list of links, not {given!r}.")
    return tuple(given)


def _flag(table: Mapping[str, Any], key: str) -> bool:
    given = table.get(key, True)
    if not isinstance(given, bool):
        raise UsageError(f"[tool.contractkit.docs] {key} is true or false, not {given!r}.")
    return given
