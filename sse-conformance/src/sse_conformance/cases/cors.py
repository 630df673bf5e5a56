"""Pages of another origin: what a browser requires before it lets them read (CORS)."""

from sse_conformance.bench import Bench
from sse_conformance.case import case
from sse_conformance.cases.resume import history, positions
from sse_conformance.clauses import CORS, CORS_CREDENTIALS
from sse_conformance.connection import Head

OTHER = "https://other.example"


def _may_read(bench: Bench, head: Head) -> None:
    origin, credentials = (head.get(f"access-control-allow-{n}") for n in ("origin", "credentials"))
    bench.need(origin == bench.claims.cors, f"Access-Control-Allow-Origin: {origin}")
    bench.need(credentials == "true", f"Access-Control-Allow-Credentials: {credentials}")
    vary = (head.get("vary") or "").lower()
    bench.need("origin" in vary or vary == "*", f"Vary: {vary!r} lets a cache mix up origins")


@case("cors.may-read", CORS_CREDENTIALS)
def may_read(bench: Bench) -> None:
    """The claimed origin's pages may read a stream with their cookies."""
    _may_read(bench, bench.open(headers={"Origin": bench.claims.cors}).head)


@case("cors.resumed", CORS_CREDENTIALS, "resume_header")
def resumed(bench: Bench) -> None:
    """They may read a resumed stream, too."""
    stream, texts = history(bench, 2)
    again = bench.open(last_event_id=positions(stream)[0], headers={"Origin": bench.claims.cors})
    bench.expect(again, texts[1:])
    _may_read(bench, again.head)


@case("cors.preflight", CORS)
def preflight(bench: Bench) -> None:
    """A preflight allows Last-Event-ID and Cache-Control by name."""
    asked = {
        "Origin": bench.claims.cors,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "cache-control,last-event-id",
    }
    # Browsers send no credentials with a preflight.
    answer = bench.request(bench.target.without_credentials(), method="OPTIONS", headers=asked)
    bench.need(answer.head.status in range(200, 300), f"status {answer.head.status}")
    origin, credentials = (
        answer.head.get(f"access-control-allow-{n}") for n in ("origin", "credentials")
    )
    bench.need(origin == bench.claims.cors, f"Access-Control-Allow-Origin: {origin}")
    bench.need(credentials == "true", f"Access-Control-Allow-Credentials: {credentials}")
    allowed = (answer.head.get("access-control-allow-headers") or "").lower()
    names = {name.strip() for name in allowed.split(",")}
    bench.need(
        {"last-event-id", "cache-control"} <= names, f"Access-Control-Allow-Headers: {allowed!r}"
    )


@case("cors.others", CORS)
def others(bench: Bench) -> None:
    """Pages of other origins, and of none, may not read."""
    for origin in (OTHER, "null", bench.claims.cors + ".evil.example"):
        stream = bench.request(bench.target.stream(), headers={"Origin": origin})
        allowed = stream.head.get("access-control-allow-origin")
        bench.need(allowed not in {"*", origin}, f"{origin} may read: {allowed}")
        stream.close()


@case("cors.refusal", CORS, "auth")
def refusal(bench: Bench) -> None:
    """A page may read a refusal, to show its reason."""
    answer = bench.request(
        bench.target.without_credentials(), headers={"Origin": bench.claims.cors}
    )
    _may_read(bench, answer.head)
