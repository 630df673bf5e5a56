"""One reading of each request's credentials, or none."""

import pytest
from starlette.datastructures import Headers

from backbone.errors import NotAuthenticated
from backbone.http.credentials import over_https, request_token


def headers(*pairs: tuple[str, str]) -> Headers:
    return Headers(raw=[(name.encode(), value.encode("latin-1")) for name, value in pairs])


@pytest.mark.parametrize(
    ("pairs", "secure", "token"),
    [
        ([], False, None),
        ([("cookie", "slipway_session=abc")], False, "abc"),
        ([("cookie", "a=b; slipway_session=abc; c=d")], False, "abc"),
        ([("cookie", "slipway_session=")], False, None),
        ([("cookie", "slipway_session=abc")], True, None),
        ([("cookie", "__Host-slipway_session=abc; slipway_session=tossed")], True, "abc"),
        ([("authorization", "bearer xyz"), ("cookie", "slipway_session=abc")], False, "xyz"),
        ([("authorization", "Basic eDp5"), ("cookie", "slipway_session=abc")], False, "abc"),
    ],
)
def test_what_counts(pairs, secure, token):
    assert request_token(headers(*pairs), secure=secure) == token


@pytest.mark.parametrize(
    "pairs",
    [
        [("cookie", "slipway_session=a; slipway_session=b")],
        [("cookie", "slipway_session=a; slipway_session=a")],
        [("cookie", "slipway_session=a"), ("cookie", "slipway_session=b")],
        [("cookie", "slipway_session=a; Slipway_Session=b")],
        [("cookie", " slipway_session=a")],
        [("cookie", "slipway_session =a")],
        [("cookie", "x=y;\tslipway_session=a")],
        [("cookie", 'slipway_session="a"')],
        [("cookie", "slipway_session=a b")],
        [("cookie", "slipway_session=\xe9")],
        [("authorization", "Bearer a"), ("authorization", "Bearer b")],
        [("authorization", "Bearer")],
        [("authorization", "Bearer a b")],
        [("authorization", "Bearer " + "a" * 600)],
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(pairs):
    with pytest.raises(NotAuthenticated):
        request_token(headers(*pairs), secure=False)


def test_the_setting_may_overrule_the_scheme():
    assert over_https("https", "auto")
    assert not over_https("http", "auto")
    assert over_https("http", "true")
    assert not over_https("https", "false")
