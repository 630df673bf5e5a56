"""How the work of a comparison grows with the documents: counted, so that no load decides."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from bench.documents import Size, changed, document

from compat.contracts import contract, findings
from contractkit.compat.inclusion.compiler import Compiler
from contractkit.compat.inclusion.solver import Solver
from contractkit.compat.schema import sample as schema_samples
from contractkit.compat.schema.comparison import Comparison
from contractkit.compat.schema.self_contained import SelfContainedSchemas
from contractkit.documents import at

SMALL = Size(schemas=120, operations=30, fan_out=3, depth=6, changes=6)
COUNTED: dict[str, tuple[Any, str]] = {
    "pairs compared": (Comparison, "_compare"),
    "schemas compiled": (Compiler, "_compile"),
    "steps of the search": (Solver, "spend"),
    "schemas sampled": (schema_samples, "_samples"),
    "documents validated by": (SelfContainedSchemas, "_make"),
}
"""What is counted, and who does it."""


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return how often each kind of work was done."""
    done: Counter[str] = Counter()

    def counted(name: str, place: Any, attribute: str) -> None:
        original = getattr(place, attribute)

        def call(*arguments: Any) -> Any:
            done[name] += 1
            return original(*arguments)

        monkeypatch.setattr(place, attribute, call)

    for name, (place, attribute) in COUNTED.items():
        counted(name, place, attribute)
    return done


def compared(size: Size, work: Counter[str]) -> Counter[str]:
    """Compare a document with its changed copy; the work that it took."""
    old = document(size)
    work.clear()
    found = findings(contract(old), contract(changed(old, size)))
    assert len(found) >= size.changes // 2, "the changes are found"
    return Counter(work)


def test_twice_the_document_is_twice_the_work(work: Counter[str]) -> None:
    half = compared(SMALL, work)
    whole = compared(
        replace(SMALL, schemas=240, operations=60, changes=12),
        work,
    )

    for name, count in whole.items():
        # A document of chance does not double exactly; quadratic work is four times as much.
        assert count <= 2.6 * half[name] + 20, f"{name}: {half[name]} → {count}"


def test_more_operations_on_the_same_schemas_cost_nothing(work: Counter[str]) -> None:
    few = compared(SMALL, work)
    many = compared(replace(SMALL, operations=240), work)

    for name, count in many.items():
        assert count <= 1.5 * few[name] + 20, f"{name}: {few[name]} → {count}"


def test_ways_that_multiply_are_walked_once(work: Counter[str]) -> None:
    """6 references per schema at 10 levels are 6^10 ways through 10 schemas."""
    done = compared(Size(schemas=10, operations=1, fan_out=6, depth=10, changes=2), work)
    wide = compared(Size(schemas=200, operations=10, fan_out=6, depth=10, changes=6), work)

    assert all(count <= 500 for count in done.values()), done
    assert all(count <= 10_000 for count in wide.values()), wide


def test_parts_are_sampled_once(work: Counter[str]) -> None:
    old = contract(document(Size(schemas=10, operations=1, fan_out=6, depth=10, changes=0)))
    assert old.http is not None
    place = old.http.location
    root = at(old.documents, replace(place, pointer="/components/schemas/L0S0"))

    assert list(schema_samples.samples(root))

    # Each place at each depth, not 6^8 of them.
    assert 0 < work["schemas sampled"] <= 1_000, work
