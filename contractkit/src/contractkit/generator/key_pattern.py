"""Binding keys of AMQP as regular expressions: `*` is one word, `#` any number of them."""

import re


def key_pattern(key: str) -> str:
    """Return the regular expression of an AMQP binding key."""
    if "*" not in key and "#" not in key:
        return re.escape(key)
    pattern, joint = "", r"(?:^|\.)"
    for word in key.split("."):
        if word == "#":
            pattern += rf"(?:{joint}[^.]+)*"
        else:
            pattern += (joint if pattern else "") + (r"[^.]+" if word == "*" else re.escape(word))
            joint = r"\."
    return pattern
