"""Each operation of the contract, asked wrongly: method, path, credentials, body."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from testing.hostile.case import REFUSED, SAFE, Case, request

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
_STREAM = "/api/v1/events"

_CREDENTIALS: Mapping[str, dict[str, str]] = {
    "none": {},
    "empty": {"Authorization": ""},
    "only the scheme": {"Authorization": "Bearer"},
    "only a space": {"Authorization": "Bearer  "},
    "another scheme": {"Authorization": "Basic YWRtaW46YWRtaW4="},
    "no scheme": {"Authorization": "hostile-marker"},
    "unknown token": {"Authorization": "Bearer hostile-marker"},
    "null": {"Authorization": "Bearer null"},
    "two tokens": {"Authorization": "Bearer a, Bearer b"},
    "quotes": {"Authorization": "Bearer ' OR 1=1 --"},
    "a JWT without algorithm": {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."},
    "above ASCII": {"Authorization": "Bearer \xe9\xff"},
    "cookie unknown": {"Cookie": "slipway_session=hostile-marker"},
    "cookie empty": {"Cookie": "slipway_session="},
    "cookie twice": {"Cookie": "slipway_session=a; slipway_session=b"},
    "cookie quoted": {"Cookie": 'slipway_session="a\\"b"'},
    "cookie with the other name": {"Cookie": "__Host-slipway_session=a; slipway_session=b"},
    "cookie oddly spelt": {"Cookie": "Slipway_Session=a;;=;slipway_session"},
    "in the query": {},
}

_BODIES: Mapping[str, bytes] = {
    "empty": b"",
    "no JSON": b"hostile-marker",
    "half": b'{"email":',
    "null": b"null",
    "a number": b"1",
    "a text": b'"x"',
    "a list": b"[]",
    "an empty object": b"{}",
    "NaN": b'{"email": NaN}',
    "infinite": b'{"email": 1e999}',
    "a long number": b'{"team_id": ' + b"9" * 5_000 + b"}",
    "deep lists": b"[" * 20_000 + b"]" * 20_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "two keys": b'{"email":"a@b.cd","email":"c@d.ef"}',
    "a comment": b"{/* x */}",
    "a comma too many": b'{"a":1,}',
    "single quotes": b"{'a':1}",
    "byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": "{}".encode("utf-16"),
    "no UTF-8": b'{"email":"\xff\xfe"}',
    "overlong UTF-8": b'{"email":"\xc0\xaf"}',
    "half a surrogate": b'{"email":"a@b.cd","password":"\\ud800"}',
    "surrogates in keys": b'{"\\ud800":"x"}',
    "surrogates in a name": b'{"shortdomain":"shop-1","display_name":"\\udfff","metadata":{"\\ud800":"\\ud800"}}',
    "NUL in a text": b'{"email":"a\\u0000@b.cd","password":"\\u0000","shortdomain":"a\\u0000b"}',
    "a prototype": b'{"__proto__":{"is_operator":true},"constructor":{}}',
    "operators": b'{"email":{"$gt":""},"password":{"$ne":null}}',
    "objects as texts": b'{"email":{},"password":[],"shortdomain":{},"status":{}}',
    "true as texts": b'{"email":true,"password":true,"shortdomain":true,"status":true}',
    "more than asked": b'{"email":"a@b.cd","password":"x","is_operator":true,"team_id":1,"role":"owner"}',
    "SQL": b'{"email":"\' OR 1=1 --","password":"x","shortdomain":"\'; DROP TABLE users; --"}',
    "a template": b'{"email":"{{7*7}}@b.cd","shortdomain":"${7*7}","display_name":"<script>"}',
    "line breaks": b'{"email":"a@b.cd\\r\\nX: y","password":"a\\r\\nb"}',
}

_TYPES = (
    "", "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data",
    "multipart/form-data; boundary=" + "a" * 300, "application/json; charset=utf-16",
    "application/json, text/html", "application/problem+json", "hostile-marker", "*/*",
)  # fmt: skip


@cache
def document() -> dict[str, Any]:
    text = resources.files("generated").joinpath("documents", "openapi.json").read_text()
    found: dict[str, Any] = json.loads(text)
    return found


def _paths() -> Iterator[tuple[str, dict[str, Any]]]:
    prefix = document()["servers"][0]["url"].rstrip("/") if document().get("servers") else ""
    prefix = prefix if prefix.startswith("/") else ""
    for path, item in document()["paths"].items():
        yield prefix + path, item


def _filled(path: str, value: str = "9007199254740991") -> str:
    while "{" in path:
        start, end = path.index("{"), path.index("}")
        path = path[:start] + value + path[end + 1 :]
    return path


def _public(operation: dict[str, Any]) -> bool:
    security = operation.get("security", document().get("security", []))
    return security == [] or {} in security


def cases(auth: Mapping[str, str]) -> Iterator[Case]:
    """Yield all of them; `auth` are the fields of somebody who is signed in, or none."""
    for path, item in _paths():
        yield from _wrong_methods(path, item)
        for method in METHODS:
            if method in item:
                yield from _of(path, method, item[method], auth)


def _wrong_methods(path: str, item: Mapping[str, Any]) -> Iterator[Case]:
    for method in METHODS:
        if method in item or method in {"head", "options"}:
            continue
        asked = request(method.upper(), _filled(path))
        yield Case(f"method: {method.upper()} {path}", (asked,), REFUSED)
    slash = request("GET", _filled(path) + "/", host="evil.example")
    yield Case(f"slash: {path}/", (slash,), REFUSED)
    encoded = request("GET", _filled(path).replace("/", "%2f"))
    yield Case(f"encoded slashes: {path}", (encoded,), REFUSED)


def _of(
    path: str, method: str, operation: dict[str, Any], auth: Mapping[str, str]
) -> Iterator[Case]:
    name, verb = f"{method.upper()} {path}", method.upper()
    if not _public(operation):
        few = list(_CREDENTIALS.items())
        for which, fields in few if method == "get" else few[:8]:
            target = _filled(path) + ("?access_token=x&token=y" if which == "in the query" else "")
            yield Case(f"credentials: {which}, {name}", (request(verb, target, fields),), REFUSED)
    if "{" in path and auth:
        for value in ("0", "-1", "1.5", "a", "%00", "..%2f..", "99999999999999999999", "1e3", "٣"):
            asked = request(verb, _filled(path, value), auth)
            yield Case(f"path: {value!r}, {name}", (asked,), REFUSED)
    if method == "get" and auth and path != _STREAM:
        for query in ("limit=-1", "limit=1e9", "limit=", "cursor=%00", "cursor=hostile-marker",
                      "cursor=" + "a" * 5_000, "limit=1&limit=2", "%ff=%fe", "a[b]=c"):  # fmt: skip
            asked = request(verb, f"{_filled(path)}?{query}", auth)
            yield Case(f"query: {query[:24]}, {name}", (asked,), SAFE)
    if "requestBody" in operation:
        fields = dict(auth) if not _public(operation) else {}
        yield from _bodies(name, verb, _filled(path), fields)


def _bodies(name: str, verb: str, target: str, fields: dict[str, str]) -> Iterator[Case]:
    for which, body in _BODIES.items():
        given = {**fields, "Content-Type": "application/json", "Content-Length": str(len(body))}
        allowed = SAFE if which in {"more than asked", "a template"} else REFUSED
        yield Case(f"body: {which}, {name}", (request(verb, target, given, body),), allowed)
    for kind in _TYPES:
        given = {**fields, "Content-Type": kind, "Content-Length": "2"}
        yield Case(f"type: {kind[:32]!r}, {name}", (request(verb, target, given, b"{}"),), REFUSED)
    coded = {**fields, "Content-Type": "application/json", "Content-Encoding": "gzip"}
    yield Case(f"body: said to be gzip, {name}", (request(verb, target, coded, b"\x1f\x8b{}"),), REFUSED)  # fmt: skip
