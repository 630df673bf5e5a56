"""The sources of the tested rules: standards and claims."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clause:
    """A document and the place in it."""

    document: str
    section: str

    def __str__(self) -> str:
        """Return the document and the place."""
        return f"{self.document}, {self.section}"


def _html(section: str) -> Clause:
    return Clause("WHATWG HTML", section)


PROCESSING = _html("9.2.3 Processing model")
LAST_EVENT_ID = _html("9.2.4 The Last-Event-ID header")
PARSING = _html("9.2.5 Parsing an event stream")
INTERPRETING = _html("9.2.6 Interpreting an event stream")
AUTHORING = _html("9.2.7 Authoring notes")
WPT_STATUS = Clause("web-platform-tests", "eventsource/request-status-error")
WPT_ID_CORS = Clause("web-platform-tests", "eventsource/resources/cors-unsafe-last-event-id.py")
METHODS = Clause("RFC 9110", "9.3 Method definitions")
HEAD = Clause("RFC 9110", "9.3.2 HEAD")
ALLOW = Clause("RFC 9110", "15.5.6 405 Method Not Allowed")
NO_CONTENT = Clause("RFC 9110", "15.3.5 204 No Content")
UNAUTHORIZED = Clause("RFC 9110", "15.5.2 401 Unauthorized, 15.5.4 403 Forbidden")
CODING = Clause("RFC 9110", "8.4 Content-Encoding, 12.5.3 Accept-Encoding")
STORING = Clause("RFC 9111", "4.2.2 Calculating heuristic freshness, 5.2.2.4 no-cache")
LENGTH = Clause("RFC 9112", "6 Message body")
TRANSFER = Clause("RFC 9112", "6.1 Transfer-Encoding")
COMPLETE = Clause("RFC 9112", "8 Handling incomplete messages")
CORS = Clause("Fetch", "3.3.3 HTTP responses (CORS protocol)")
CORS_CREDENTIALS = Clause("Fetch", "3.3.5 CORS protocol and credentials")
CORS_SAFE = Clause("Fetch", "2.2.2 Headers, CORS-unsafe request-header byte")
HTTP2 = Clause("RFC 9113", "8.1 HTTP message framing")
NGINX = Clause("nginx", "ngx_http_proxy_module, X-Accel-Buffering")
CLAIM = Clause("the target's claim", "the promise itself")
DELIVERY = Clause("the kit's oracle", "what a client got is what was published")
