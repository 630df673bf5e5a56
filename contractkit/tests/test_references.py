"""What is copied into another file refers to the same things from there."""

from typing import Any

import pytest

from contractkit.references import moved_to


@pytest.mark.parametrize(
    ("reference", "target", "there"),
    [
        ("#/a", "main.yaml", "parts/origin.yaml#/a"),
        ("#/a", "parts/main.yaml", "origin.yaml#/a"),
        ("other.yaml#/a", "main.yaml", "parts/other.yaml#/a"),
        ("../other.yaml", "deep/er/main.yaml", "../../other.yaml"),
        ("https://example.com/a.yaml#/a", "main.yaml", "https://example.com/a.yaml#/a"),
        ("#/a", "parts/origin.yaml", "#/a"),
    ],
)
def test_a_reference_is_rewritten(reference: str, target: str, there: str) -> None:
    value: dict[str, Any] = {"items": [{"$ref": reference}], "title": "#/a"}
    moved = moved_to(value, "parts/origin.yaml", target)
    assert moved == {"items": [{"$ref": there}], "title": "#/a"}
    assert value == {"items": [{"$ref": reference}], "title": "#/a"}
