"""What we use of uvicorn beyond its documentation is asserted when a server is made."""

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from backbone.errors import SettingsError
from backbone.http.uvicorn_parts import missing_parts, require_parts


def test_this_release_has_them_all() -> None:
    assert missing_parts() == []
    require_parts()


def test_a_renamed_part_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(HttpToolsProtocol, "_unset_keepalive_if_required")
    with pytest.raises(SettingsError, match=r"uvicorn [\d.]+ has no HttpToolsProtocol\._unset"):
        require_parts()


def test_a_cycle_that_keeps_other_fields_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def constructor(self: object) -> None:
        """Keep nothing."""

    monkeypatch.setattr(RequestResponseCycle, "__init__", constructor)
    assert missing_parts() == [
        "RequestResponseCycle.chunked_encoding",
        "RequestResponseCycle.expected_content_length",
    ]
