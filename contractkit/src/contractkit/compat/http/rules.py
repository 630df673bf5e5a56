"""The rules H01 to H17: what a change of an HTTP contract means."""

from contractkit.compat.rule import (
    BREAKING,
    OK,
    POLICY,
    ROUTING,
    SOURCE,
    WARNING,
    Category,
    Rule,
    Severity,
    index,
)


def _both(
    rule_id: str, name: str, severity: Severity, title: str, category: Category = Category.WIRE
) -> Rule:
    return Rule(rule_id, name, severity, severity, title, category)


HTTP_RULES = (
    _both("H01", "operation-removed", BREAKING, "an operation is gone", ROUTING),
    _both(
        "H01",
        "operation-removed-before-sunset",
        BREAKING,
        "an operation is gone before its sunset",
        ROUTING,
    ),
    _both(
        "H01",
        "operation-removed-after-sunset",
        OK,
        "an operation is gone after its sunset",
        ROUTING,
    ),
    _both("H01", "operation-added", OK, "an operation is new", ROUTING),
    _both("H02", "path-changed", BREAKING, "an operation is at another path", ROUTING),
    _both(
        "H02",
        "path-parameter-renamed",
        WARNING,
        "a path parameter has another name, so generated names change",
        SOURCE,
    ),
    _both("H03", "required-parameter-added", BREAKING, "a required parameter is new"),
    _both("H03", "optional-parameter-added", OK, "an optional parameter is new"),
    _both("H04", "parameter-removed", WARNING, "a parameter is ignored from now on"),
    _both("H05", "parameter-became-required", BREAKING, "a parameter became required"),
    _both("H05", "parameter-became-optional", OK, "a parameter became optional"),
    _both("H06", "parameter-moved", BREAKING, "a parameter travels in another place"),
    _both("H06", "parameter-renamed", BREAKING, "a parameter has another name"),
    _both("H06", "parameter-serialization-changed", BREAKING, "a parameter is written another way"),
    _both("H07", "parameter-default-changed", BREAKING, "an absent parameter means something else"),
    _both("H08", "required-body-added", BREAKING, "a body is demanded"),
    _both("H08", "optional-body-added", OK, "a body is allowed"),
    _both("H08", "body-became-required", BREAKING, "the body became required"),
    _both("H08", "body-became-optional", OK, "the body became optional"),
    _both("H08", "body-removed", BREAKING, "the body is gone"),
    _both("H09", "request-media-type-removed", BREAKING, "a request media type is refused"),
    _both("H09", "request-media-type-added", OK, "a request media type is new"),
    _both(
        "H09", "request-media-type-specialised", BREAKING, "a request media type demands parameters"
    ),
    _both(
        "H09", "request-media-type-generalised", OK, "a request media type demands fewer parameters"
    ),
    _both("H09", "part-encoding-changed", BREAKING, "a part of a form is written another way"),
    _both(
        "H10", "response-media-type-generalised", BREAKING, "a response may be of more media types"
    ),
    _both("H10", "response-media-type-specialised", OK, "a response is of fewer media types"),
    _both("H10", "response-media-type-removed", BREAKING, "a response media type is gone"),
    _both("H10", "response-media-type-added", OK, "a response media type is new"),
    _both("H11", "success-status-removed", BREAKING, "a success status is gone"),
    _both("H11", "success-status-added", WARNING, "a success status is new"),
    _both("H11", "error-status-removed", WARNING, "an error status is gone"),
    _both("H11", "error-status-added", OK, "an error status is new"),
    _both("H11", "problem-type-removed", WARNING, "a kind of problem is gone"),
    _both("H11", "problem-type-added", OK, "a kind of problem is new"),
    _both("H12", "response-header-removed", BREAKING, "a promised response header is gone"),
    _both(
        "H12",
        "response-header-became-optional",
        BREAKING,
        "a response header is no longer promised",
    ),
    _both(
        "H12", "optional-response-header-removed", WARNING, "an optional response header is gone"
    ),
    _both("H12", "response-header-added", OK, "a response header is new"),
    _both("H12", "response-header-became-required", OK, "a response header is promised"),
    _both("H13", "security-added", BREAKING, "credentials are demanded"),
    _both("H13", "security-alternative-removed", BREAKING, "a way to authenticate is gone"),
    _both("H13", "security-scope-added", BREAKING, "another scope is demanded"),
    _both(
        "H13",
        "security-alternative-added",
        WARNING,
        "another way to authenticate; look at it",
        POLICY,
    ),
    _both(
        "H13", "security-dropped", WARNING, "credentials are no longer demanded; look at it", POLICY
    ),
    _both(
        "H13",
        "security-scope-removed",
        WARNING,
        "a scope is no longer demanded; look at it",
        POLICY,
    ),
    _both("H13", "security-scheme-changed", BREAKING, "a security scheme works another way"),
    _both(
        "H13",
        "security-scheme-renamed",
        OK,
        "a security scheme has another name; callers send the same",
        SOURCE,
    ),
    _both(
        "H14",
        "operation-id-changed",
        BREAKING,
        "an operation has another id, so generated names change",
        SOURCE,
    ),
    _both("H15", "callback-removed", BREAKING, "a callback is no longer made", ROUTING),
    _both("H15", "callback-added", OK, "a callback is new", ROUTING),
    _both("H15", "webhook-removed", BREAKING, "a webhook is no longer called", ROUTING),
    _both("H15", "webhook-added", OK, "a webhook is new", ROUTING),
    _both("H15", "outgoing-parameter-added", OK, "a request that we make carries more"),
    _both("H15", "outgoing-parameter-removed", BREAKING, "a request that we make carries less"),
    _both(
        "H15",
        "outgoing-parameter-became-optional",
        BREAKING,
        "a request that we make may carry less",
    ),
    _both(
        "H15",
        "outgoing-parameter-became-required",
        OK,
        "a request that we make always carries more",
    ),
    _both("H15", "outgoing-body-added", OK, "a request that we make has a body"),
    _both(
        "H15", "outgoing-body-became-optional", BREAKING, "a request that we make may have no body"
    ),
    _both("H15", "outgoing-body-became-required", OK, "a request that we make always has its body"),
    _both(
        "H15",
        "outgoing-media-type-added",
        BREAKING,
        "a request that we make may be of another media type",
    ),
    _both(
        "H15", "outgoing-media-type-removed", OK, "requests that we make are of fewer media types"
    ),
    _both("H16", "server-url-removed", BREAKING, "a server is gone", ROUTING),
    _both("H16", "server-url-added", OK, "a server is new", ROUTING),
    _both(
        "H17",
        "deprecated-without-sunset",
        BREAKING,
        "deprecated, but nobody knows until when it works",
        POLICY,
    ),
    _both("H17", "deprecated", OK, "deprecated, with a sunset", POLICY),
    _both("H17", "undeprecated", OK, "no longer deprecated", POLICY),
    _both("H17", "sunset-earlier", BREAKING, "a sunset comes earlier than promised", POLICY),
    _both(
        "H17",
        "sunset-removed",
        BREAKING,
        "a promised sunset is gone while still deprecated",
        POLICY,
    ),
    _both("H17", "sunset-too-soon", BREAKING, "a sunset leaves too little time", POLICY),
    _both("H17", "sunset-later", OK, "a sunset comes later", POLICY),
    _both("H17", "sunset-malformed", BREAKING, "a sunset is no date", POLICY),
    _both("H17", "stability-decreased", BREAKING, "what was stable is less so", POLICY),
    _both("H17", "stability-increased", OK, "more is promised", POLICY),
    _both(
        "H17",
        "breaking-without-major",
        BREAKING,
        "the contract breaks, but its major version stays",
        POLICY,
    ),
    _both("H17", "version-decreased", BREAKING, "the version went back", POLICY),
    _both(
        "H17", "version-unchanged", WARNING, "the contract changed, but its version stays", POLICY
    ),
    _both("H17", "version-malformed", WARNING, "a version is no semantic version", POLICY),
)

RULES = index(HTTP_RULES)
