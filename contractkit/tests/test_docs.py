"""The pages of docs/ name everything that there is."""

import re
from pathlib import Path

from contractkit.configuration import KEYS
from contractkit.lint.finding import RULES
from contractkit.parts import PARTS

DOCS = Path(__file__).parents[1] / "docs"


def test_every_rule_of_lint_is_told_with_its_severity():
    rows = re.findall(
        r"^\| `([a-z-]+)` \| (\w+) \| (.+) \|$", (DOCS / "lint.md").read_text(), re.MULTILINE
    )
    assert rows == [(name, rule.severity.value, rule.demand) for name, rule in RULES.items()]


def test_every_option_is_told():
    text = (DOCS / "options.md").read_text()
    assert [key for key in (*KEYS, *PARTS) if f"`{key}`" not in text] == []
