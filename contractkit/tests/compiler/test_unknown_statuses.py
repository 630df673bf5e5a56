"""A response whose key is no status is left out and told."""

import json
import re
from pathlib import Path

import pytest

from contractkit.errors import SpecError
from contractkit.generator.generate import generate
from contractkit.options import Options

DONE = {"description": "Done."}
UNKNOWN = ["", "abc", "20", "2000", "0200", "٣٠٠", "200 ", "-1", "Default", "X00"]
KNOWN = {"200", "204", "418", "2XX", "5xx", "default", "777"}


def write(folder: Path, statuses: list[str], *, strict: bool = False) -> Options:
    responses = dict.fromkeys(statuses, DONE)
    later = {"post": {"responses": responses}}
    operation = {
        "operationId": "look",
        "responses": responses,
        "callbacks": {"later": {"/": later}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Statuses", "version": "1"},
        "paths": {"/a": {"get": operation}},
        "webhooks": {"told": {"post": {"responses": responses}}},
    }
    (folder / "openapi.json").write_text(json.dumps(document))
    return Options(folder, "openapi.json", None, folder / "generated", strict=strict)


def test_what_is_no_status_is_left_out(tmp_path: Path) -> None:
    told = [str(omission) for omission in generate(write(tmp_path, [*UNKNOWN, *KNOWN])).omissions]
    assert len(told) == 3 * len(UNKNOWN)
    for status in UNKNOWN:
        problem = f"The key {status!r} of a response is no status."
        assert sum(problem in line for line in told) == 3
    assert "openapi.json:1:" in told[0]
    page = (tmp_path / "generated/documents/http.html").read_text()
    shown = re.findall(r'<span class="status s[^>]*>([^<]*)<', page)
    assert set(shown) == KNOWN


def test_it_is_refused_when_strict(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="is no status"):
        generate(write(tmp_path, ["200", "abc"], strict=True))
