"""The page of metrics and log events, and what it refuses to leave out."""

from pathlib import Path

import pytest

from slipway.reference_page import log_events, metrics_by_process, reference_page
from testing.checkout import ROOT


def test_the_page_in_the_repository_is_the_one_that_is_printed():
    assert (ROOT / "docs" / "reference.md").read_text() == reference_page(), "run make generate"


def test_each_event_is_a_name_and_each_metric_says_what_it_is():
    for name in log_events():
        assert name.replace("_", "").isalnum(), name
        assert name == name.lower()
    for metrics in metrics_by_process().values():
        assert all(metric.documentation for metric in metrics)


def write(root: Path, code: str) -> Path:
    (root / "service").mkdir()
    (root / "service" / "x.py").write_text(code)
    return root


def test_an_event_is_read_with_its_levels_and_fields(tmp_path):
    code = """
log.info("a_thing" if new else "old_thing", x=1)
log.exception("a_thing", y=2, **more)
"""
    found = log_events(write(tmp_path, code))
    assert sorted(found) == ["a_thing", "old_thing"]
    event = found["a_thing"]
    assert (event.levels, event.fields, event.open) == ({"info", "error"}, {"x", "y"}, True)
    assert event.modules == {"service/x.py"}


def test_an_event_that_is_made_up_when_it_happens_is_refused(tmp_path):
    with pytest.raises(LookupError, match=r"service/x\.py:2"):
        log_events(write(tmp_path, 'import x\nlog.info(f"got {x}")\n'))
