"""Each error of the provider means: again, or never."""

from __future__ import annotations

import pytest

from worker.provisioning.failure_decision import judge
from worker.provisioning.interruption import GiveUp, TryAgain
from worker.virtuozzo import errors
from worker.virtuozzo.errors import PermanentProviderError, ProviderError, RetryableProviderError


def leaves(kind: type[ProviderError]) -> list[type[ProviderError]]:
    below = kind.__subclasses__()
    return [leaf for each in below for leaf in leaves(each)] if below else [kind]


@pytest.mark.parametrize("kind", leaves(RetryableProviderError))
def test_what_may_pass_is_tried_again(kind: type[ProviderError]) -> None:
    decision = judge(kind("secret details", method="createenvironment"))
    assert (decision.again, decision.code) == (True, kind.code)
    assert "secret" not in decision.message


@pytest.mark.parametrize("kind", leaves(PermanentProviderError))
def test_a_definite_no_is_told_in_the_providers_words(kind: type[ProviderError]) -> None:
    decision = judge(kind("no such node", method="createenvironment"))
    assert (decision.again, decision.code) == (False, kind.code)
    assert "no such node" in decision.message


def test_an_ended_session_is_worth_another_sign_in() -> None:
    decision = judge(errors.SessionExpiredError("x", method="getenvinfo"))
    assert (decision.again, decision.code) == (True, "session_expired")


def test_our_own_reasons_speak_for_themselves() -> None:
    assert judge(GiveUp("a", "A")).again is False
    assert judge(TryAgain("b", "B")).again is True


def test_a_mistake_of_ours_is_tried_again_without_details() -> None:
    decision = judge(KeyError("password=hunter2"))
    assert (decision.again, decision.code) == (True, "internal_error")
    assert "hunter2" not in decision.message


def test_every_code_fits_the_contract() -> None:
    for kind in leaves(ProviderError):
        assert kind.code.replace("_", "").isalpha()
        assert len(kind.code) <= 64
