"""Paths and streams that nobody serves, and those that try to get out."""

from collections.abc import Iterator, Mapping

from testing.hostile.case import REFUSED, SAFE, Case, request

_NOWHERE = (
    "/..", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "/..%5c..%5c",
    "/%c0%ae%c0%ae/", "/....//....//", "/.env", "/.git/config", "/.slipway/secret.key", "/secret.key",
    "/docs/../openapi.json/..", "/docs/%00", "/docs/%0d%0aX:%20y", "/api", "/api/", "/api/v2/jobs",
    "/api/v1", "/api/v1/", "/api/v1/../v1", "/api/v1//jobs", "//evil.example/", "///evil.example",
    "/\\evil.example", "/%5cevil.example", "/;a=b", "/api/v1/jobs;x=y", "/api/v1/jobs%20",
    "/api/v1/jobs%3f", "/api/v1/jobs%23", "/API/V1/JOBS", "/api/v1/jobs.json", "/api/v1/jobs/.",
    "/api/v1/jobs/..", "/api/v1/jobs/%2e", "/%", "/%zz", "/%u002e", "/%ff%fe", "/%ed%a0%80",
    "/simulator/state", "/simulator/reset", "/admin", "/console", "/debug", "/server-status",
    "/actuator/env", "/wp-login.php", "/favicon.ico%00", "/robots.txt/..", "/a" * 2_000,
)  # fmt: skip

_CURSORS = (
    "", "a", "a.", ".1", "a.-1", "a.01", "a.1.2", "a.99999999999999999999999", "%00", "a b.1", "é.1",
    "a.1%0d%0adata:x", "a" * 200 + ".1", "../../etc.1", "<script>.1", "null", "0",
)  # fmt: skip


def cases(auth: Mapping[str, str]) -> Iterator[Case]:
    for path in _NOWHERE:
        yield Case(f"nowhere: {path[:40]}", (request("GET", path),), REFUSED)
    yield from _streams(auth)


def _streams(auth: Mapping[str, str]) -> Iterator[Case]:
    for query in ("team_id=-1", "team_id=x", "team_id=99999999999999999999", "job_id=0x1",
                  "job_id=9007199254740991", "team_id=9007199254740991", "job_id=%00",
                  "job_id=1&job_id=2", "team_id="):  # fmt: skip
        asked = request("GET", f"/api/v1/events?{query}", auth)
        yield Case(f"stream: {query}", (asked,), SAFE)
    for cursor in _CURSORS:
        queried = request("GET", f"/api/v1/events?last_event_id={cursor}", auth)
        yield Case(f"stream: from {cursor[:24]!r}", (queried,), SAFE)
        if cursor.isascii() and "%" not in cursor:
            asked = request("GET", "/api/v1/events", {**auth, "Last-Event-ID": cursor})
            yield Case(f"stream: back at {cursor[:24]!r}", (asked,), SAFE)
    for origin in ("null", "https://evil.example", "http://evil.example:1", "file://", "*", "",
                   "https://evil.example\t", "https://console.example.evil.example"):  # fmt: skip
        asked = request("GET", "/api/v1/events", {**auth, "Origin": origin})
        yield Case(f"stream: origin {origin!r}", (asked,), SAFE)
        preflight = {"Origin": origin, "Access-Control-Request-Method": "DELETE"}
        asked = request("OPTIONS", "/api/v1/jobs", preflight)
        yield Case(f"preflight: origin {origin!r}", (asked,), SAFE)
