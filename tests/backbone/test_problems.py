"""How an error is described to its caller."""

import structlog

from backbone import errors
from backbone.errors import BusinessError, NotFound
from backbone.http import errors as request_errors
from backbone.problems import problem


def all_errors(kind: type[BusinessError]) -> list[type[BusinessError]]:
    return [kind, *(deeper for sub in kind.__subclasses__() for deeper in all_errors(sub))]


def test_every_error_has_its_own_code_and_makes_a_valid_problem():
    kinds = [kind for kind in all_errors(BusinessError) if "code" in vars(kind)]
    assert len({kind.code for kind in kinds}) == len(kinds) >= 20
    assert request_errors.PayloadTooLarge in kinds
    for kind in kinds:
        found = problem(kind())
        assert found.code == kind.code
        assert 400 <= found.status <= 599
        assert found.detail
    assert errors.NotAuthenticated().headers["WWW-Authenticate"] == "Bearer"


def test_a_problem_names_the_request():
    with structlog.contextvars.bound_contextvars(request_id="5b0c3c1e"):
        assert problem(NotFound()).instance == "urn:request:5b0c3c1e"
    assert "instance" not in problem(NotFound()).model_dump(mode="json")
