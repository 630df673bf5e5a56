"""Through a proxy: nginx with buffering off and on, over HTTP/2, and over HTTP/2 under TLS."""

import ssl
import threading

import httpx

from sse_conformance.bench import Bench
from sse_conformance.case import case
from sse_conformance.cases.resume import history, positions
from sse_conformance.clauses import CLAIM, DELIVERY, HTTP2, LAST_EVENT_ID, NGINX
from sse_conformance.errors import CaseFailed
from sse_conformance.nginx import proxied
from sse_conformance.parser import Parser
from sse_conformance.target import StreamRequest

COUNT = 5


@case("base.proxy-unbuffered", DELIVERY)
def unbuffered(bench: Bench) -> None:
    """Through nginx without buffering, events come one by one."""
    with proxied(bench.target.stream(), buffering=False) as proxy:
        stream = bench.listen(request=proxy.http1)
        for _ in range(COUNT):
            bench.expect(stream, stream.texts + bench.publish())
        bench.no_faults(stream)


@case("base.proxy-http2", HTTP2)
def http2(bench: Bench) -> None:
    """Through nginx over HTTP/2, events come one by one."""
    with proxied(bench.target.stream(), buffering=False) as proxy:
        _over_http2(bench, proxy.http2)


@case("base.proxy-https", HTTP2)
def https(bench: Bench) -> None:
    """Through nginx over HTTP/2 under TLS, as browsers speak it, events come one by one."""
    with proxied(bench.target.stream(), buffering=False, https=True) as proxy:
        _over_http2(bench, proxy.https, ssl.create_default_context(cafile=proxy.certificate))


def _over_http2(
    bench: Bench, request: StreamRequest, trusted: ssl.SSLContext | None = None
) -> None:
    published: list[str] = []
    enough = threading.Event()

    def publish() -> None:
        while not enough.wait(0.02):
            published.append(bench.text())
            bench.target.publish(published[-1])

    writer = threading.Thread(target=publish)
    parser = Parser()
    got: list[str] = []
    limits = httpx.Timeout(bench.wait_seconds)
    headers = {"Accept": "text/event-stream", **request.headers}
    # Before there is a stream: nginx may keep a head under TLS until the first bytes of the body.
    writer.start()
    try:
        with (
            httpx.Client(
                # In the clear nobody can ask which version is spoken; under TLS ALPN says it.
                http1=trusted is not None,
                http2=True,
                verify=trusted or True,
                timeout=limits,
                trust_env=False,
            ) as client,
            client.stream("GET", request.url, headers=headers) as answer,
        ):
            bench.need(answer.status_code == httpx.codes.OK, f"status {answer.status_code}")
            bench.need(answer.http_version == "HTTP/2", f"the answer is {answer.http_version}")
            for portion in answer.iter_raw():
                parser.feed(portion)
                read = (bench.target.read(event.name, event.data) for event in parser.events)
                got = [text for text in read if text is not None]
                if len(got) >= COUNT:
                    break
    except httpx.HTTPError as error:
        raise CaseFailed(f"over HTTP/2: {error!r}") from error
    finally:
        enough.set()
        writer.join()
    at = published.index(got[0]) if got and got[0] in published else -1
    bench.need(
        at >= 0 and published[at : at + len(got)] == got, f"{got} came; published: {published}"
    )


@case("resume_header.through-proxy", LAST_EVENT_ID)
def resume(bench: Bench) -> None:
    """A client that resumes through nginx gets what it missed."""
    stream, texts = history(bench, 4)
    with proxied(bench.target.stream(), buffering=False) as proxy:
        again = bench.open(request=proxy.http1, last_event_id=positions(stream)[0])
        texts += bench.publish()
        bench.expect(again, texts[1:])


@case("proxy_buffering.one-by-one", NGINX)
def buffered(bench: Bench) -> None:
    """Through nginx with buffering, events come one by one all the same."""
    with proxied(bench.target.stream(), buffering=True) as proxy:
        stream = bench.listen(request=proxy.http1)
        for _ in range(COUNT):
            bench.expect(stream, stream.texts + bench.publish())


@case("proxy_buffering.says-so", NGINX)
def says_so(bench: Bench) -> None:
    """The answer says X-Accel-Buffering: no, which several proxies obey."""
    field = bench.open().head.get("x-accel-buffering")
    bench.need((field or "").lower() == "no", f"X-Accel-Buffering: {field}")


@case("proxy_buffering.history", CLAIM, "resume_header")
def buffered_history(bench: Bench) -> None:
    """A short history is not held back either."""
    stream, texts = history(bench, 2)
    with proxied(bench.target.stream(), buffering=True) as proxy:
        again = bench.open(request=proxy.http1, last_event_id=positions(stream)[0])
        bench.expect(again, texts[1:])
