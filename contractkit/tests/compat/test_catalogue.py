"""The catalogue is complete, and the documentation shows it as it is."""

from pathlib import Path

from contractkit.compat.catalogue import BY_NAME, CATALOGUE, table

DOCUMENT = Path(__file__).parents[2] / "docs" / "compatibility.md"
JUDGED_ELSEWHERE = {"A12", "A13", "A17", "S32"}


def test_every_id_of_the_table_has_a_rule() -> None:
    counts = {"S": 33, "H": 17, "A": 33, "E": 10}
    wanted = {f"{kind}{n:02}" for kind, count in counts.items() for n in range(1, count + 1)}
    assert {rule.id for rule in CATALOGUE} == (wanted - JUDGED_ELSEWHERE) | {"G03"}


def test_names_are_unique_over_all_documents() -> None:
    assert len(BY_NAME) == len(CATALOGUE)


def test_the_documentation_shows_the_catalogue() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.endswith(table()), "print it: python -c 'from contractkit.compat.catalogue …'"
    assert f"| number of rules | {len(CATALOGUE)} |" in text
