from __future__ import annotations

from worker.virtuozzo import errors
from worker.virtuozzo.errors import ProviderError


def _leaves(kind: type[ProviderError]) -> list[type[ProviderError]]:
    below = kind.__subclasses__()
    return [leaf for child in below for leaf in _leaves(child)] if below else [kind]


def test_the_tree_in_the_docstring_is_the_tree():
    for leaf in _leaves(ProviderError):
        line = next(line for line in errors.__doc__.splitlines() if leaf.__name__ in line)
        assert leaf.code in line.split()


def test_codes_are_stable_and_unique():
    assert sorted(leaf.code for leaf in _leaves(ProviderError)) == [
        "environment_not_found",
        "invalid_spec",
        "name_taken",
        "provider_broken",
        "provider_busy",
        "provider_refused",
        "provider_timeout",
        "provider_unavailable",
        "quota_exceeded",
        "session_expired",
        "sign_in_refused",
    ]
