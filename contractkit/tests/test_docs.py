"""The pages of docs/ name everything that there is."""

import re
from pathlib import Path

from contractkit.configuration import KEYS
from contractkit.lint.fix import FIXED
from contractkit.lint.mends import MENDS
from contractkit.lint.options import LINT_KEYS
from contractkit.lint.profile import EXPLAINING
from contractkit.lint.violation import RULES
from contractkit.parts import PARTS

DOCS = Path(__file__).parents[1] / "docs"


def test_every_rule_of_lint_is_told_with_severity_profile_and_mend():
    rows = re.findall(
        r"^\| `([a-z-]+)` \| (\w+) \| (\w+) \| (.+?) \| (.+) \|$",
        (DOCS / "lint.md").read_text(),
        re.MULTILINE,
    )
    assert rows == [
        (
            name,
            rule.level.value,
            "strict" if name in EXPLAINING else "recommended",
            rule.text,
            MENDS[name] + (" (`--fix`)" if name in FIXED else ""),
        )
        for name, rule in RULES.items()
    ]


def test_every_option_is_told():
    text = (DOCS / "options.md").read_text()
    assert [
        key
        for key in (*KEYS, *PARTS, *(f"lint.{key}" for key in LINT_KEYS))
        if f"`{key}`" not in text
    ] == []
