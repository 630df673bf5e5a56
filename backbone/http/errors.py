"""The refusals of a request as such, whatever it asks for: its bytes, its head, its body.

```
BusinessError
├── MalformedRequest        400    ├── RequestTimeout          408
├── MalformedBody           400    ├── PayloadTooLarge         413
├── CrossSiteRequest        403    ├── UnsupportedMediaType    415
└── MethodNotAllowed        405    └── HeadTooLarge            431
```
"""

# ruff: noqa: N818 - these are refusals, named as the problem's title names them
from backbone.errors import BusinessError


class MalformedRequest(BusinessError):
    """The bytes are no HTTP request (RFC 9112)."""

    code, status, title = "malformed_request", 400, "Malformed request"
    default_detail = "This is no HTTP/1.1 request that could be understood."


class RequestTimeout(BusinessError):
    """The request did not come whole in time."""

    code, status, title = "request_timeout", 408, "Request came too slowly"
    default_detail = "The request did not arrive whole in time; send it again, faster."


class HeadTooLarge(BusinessError):
    """The request's head has too many bytes or fields (RFC 6585)."""

    code, status, title = "head_too_large", 431, "Request head too large"
    default_detail = "Send fewer or shorter header fields, or a shorter URL."


class MalformedBody(BusinessError):
    """The body is not JSON."""

    code, status, title = "malformed_body", 400, "Malformed body"
    default_detail = "The body is not valid JSON."


class MethodNotAllowed(BusinessError):
    """The path exists, the method does not."""

    code, status, title = "method_not_allowed", 405, "Method not allowed"
    default_detail = "The Allow header names the methods of this path."


class PayloadTooLarge(BusinessError):
    """The body is longer than this server reads."""

    code, status, title = "payload_too_large", 413, "Body too large"
    default_detail = "Send a smaller body."


class UnsupportedMediaType(BusinessError):
    """The body's media type is not the one of the contract."""

    code, status, title = "unsupported_media_type", 415, "Unsupported media type"
    default_detail = "Send the body as application/json."


class CrossSiteRequest(BusinessError):
    """A page of another site made the browser send the session cookie."""

    code, status, title = "cross_site_request", 403, "Cross-site request"
    default_detail = "Send this from the origin itself, or with a bearer token."
