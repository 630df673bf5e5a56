"""The rules H01 to H17: what a change of an HTTP contract means."""

from contractkit.compat.lifecycle_rules import lifecycle_rules, removal_rules
from contractkit.compat.rule import BREAKING, OK, POLICY, ROUTING, SOURCE, WARNING, both, index

HTTP_RULES = (
    *removal_rules("H01", "operation", "an operation"),
    both("H01", "operation-added", OK, "an operation is new", ROUTING),
    both("H02", "path-changed", BREAKING, "an operation is at another path", ROUTING),
    both(
        "H02",
        "path-parameter-renamed",
        WARNING,
        "a path parameter has another name, so generated names change",
        SOURCE,
    ),
    both(
        "H02",
        "path-widened",
        WARNING,
        "a part of a path takes its requests as another one, so generated code changes",
        SOURCE,
    ),
    both("H03", "required-parameter-added", BREAKING, "a required parameter is new"),
    both("H03", "optional-parameter-added", OK, "an optional parameter is new"),
    both("H04", "parameter-removed", WARNING, "a parameter is ignored from now on"),
    both("H05", "parameter-became-required", BREAKING, "a parameter became required"),
    both("H05", "parameter-became-optional", OK, "a parameter became optional"),
    both("H06", "parameter-moved", BREAKING, "a parameter has another `in`"),
    both("H06", "parameter-renamed", BREAKING, "a parameter has another name"),
    both(
        "H06", "parameter-serialization-changed", BREAKING, "a parameter is serialized another way"
    ),
    both("H07", "parameter-default-changed", BREAKING, "a parameter has another default"),
    both("H08", "required-body-added", BREAKING, "a body is demanded"),
    both("H08", "optional-body-added", OK, "a body is allowed"),
    both("H08", "body-became-required", BREAKING, "the body became required"),
    both("H08", "body-became-optional", OK, "the body became optional"),
    both("H08", "body-removed", BREAKING, "the body is gone"),
    both("H09", "request-media-type-removed", BREAKING, "a request media type is refused"),
    both("H09", "request-media-type-added", OK, "a request media type is new"),
    both(
        "H09", "request-media-type-specialised", BREAKING, "a request media type demands parameters"
    ),
    both(
        "H09", "request-media-type-generalised", OK, "a request media type demands fewer parameters"
    ),
    both("H09", "xml-changed", BREAKING, "a value is written another way in XML"),
    both("H09", "part-encoding-changed", BREAKING, "a part of a form is serialized another way"),
    both(
        "H10", "response-media-type-generalised", BREAKING, "a response may be of more media types"
    ),
    both("H10", "response-media-type-specialised", OK, "a response is of fewer media types"),
    both("H10", "response-media-type-removed", BREAKING, "a response media type is gone"),
    both("H10", "response-media-type-added", OK, "a response media type is new"),
    both("H11", "success-status-removed", BREAKING, "a success status is gone"),
    both("H11", "success-status-added", WARNING, "a success status is new"),
    both("H11", "status-range-replaced", OK, "a range of statuses, or one in it, covers the other"),
    both("H11", "error-status-removed", WARNING, "an error status is gone"),
    both("H11", "error-status-added", OK, "an error status is new"),
    both("H11", "problem-type-removed", WARNING, "a kind of problem is gone"),
    both("H11", "problem-type-added", OK, "a kind of problem is new"),
    both(
        "H12",
        "response-header-serialization-changed",
        BREAKING,
        "a response header is serialized another way",
    ),
    both("H12", "response-header-removed", BREAKING, "a promised response header is gone"),
    both(
        "H12",
        "response-header-became-optional",
        BREAKING,
        "a response header is no longer promised",
    ),
    both("H12", "optional-response-header-removed", WARNING, "an optional response header is gone"),
    both("H12", "response-header-added", OK, "a response header is new"),
    both("H12", "response-header-became-required", OK, "a response header is promised"),
    both("H13", "security-added", BREAKING, "credentials are demanded"),
    both("H13", "security-alternative-removed", BREAKING, "a way to authenticate is gone"),
    both("H13", "security-scope-added", BREAKING, "another scope is demanded"),
    both(
        "H13",
        "security-alternative-added",
        WARNING,
        "another way to authenticate; look at it",
        POLICY,
    ),
    both(
        "H13", "security-dropped", WARNING, "credentials are no longer demanded; look at it", POLICY
    ),
    both(
        "H13",
        "security-scope-removed",
        WARNING,
        "a scope is no longer demanded; look at it",
        POLICY,
    ),
    both("H13", "security-scheme-changed", BREAKING, "a security scheme works another way"),
    both(
        "H13",
        "security-scheme-renamed",
        OK,
        "a security scheme has another name; callers send the same",
        SOURCE,
    ),
    both(
        "H14",
        "operation-id-changed",
        BREAKING,
        "an operation has another id, so generated names change",
        SOURCE,
    ),
    both("H15", "callback-removed", BREAKING, "a callback is no longer made", ROUTING),
    both("H15", "callback-added", OK, "a callback is new", ROUTING),
    both(
        "H15",
        "callback-renamed",
        WARNING,
        "a callback has another key, so generated names change",
        SOURCE,
    ),
    both("H15", "webhook-removed", BREAKING, "a webhook is no longer called", ROUTING),
    both("H15", "webhook-added", OK, "a webhook is new", ROUTING),
    both("H15", "outgoing-parameter-added", OK, "a request that we send may contain more"),
    both("H15", "outgoing-parameter-removed", BREAKING, "a request that we send contains less"),
    both(
        "H15",
        "outgoing-parameter-became-optional",
        BREAKING,
        "a request that we send may contain less",
    ),
    both(
        "H15",
        "outgoing-parameter-became-required",
        OK,
        "a request that we send always contains more",
    ),
    both("H15", "outgoing-body-added", OK, "a request that we send has a body"),
    both(
        "H15", "outgoing-body-became-optional", BREAKING, "a request that we send may have no body"
    ),
    both("H15", "outgoing-body-became-required", OK, "a request that we send always has its body"),
    both("H15", "answer-header-demanded", BREAKING, "an answer to us needs a header"),
    both("H15", "answer-header-unread", OK, "an answer to us needs no such header"),
    both("H15", "answer-body-demanded", BREAKING, "an answer to us needs a body"),
    both("H15", "answer-body-unread", OK, "an answer to us needs no body"),
    both("H15", "answer-media-type-refused", BREAKING, "we read answers of fewer media types"),
    both("H15", "answer-media-type-taken", OK, "we read answers of more media types"),
    both(
        "H15",
        "outgoing-security-reduced",
        BREAKING,
        "a request that we send may lack credentials",
    ),
    both("H15", "outgoing-security-added", OK, "a request that we send has more credentials"),
    both(
        "H15",
        "outgoing-media-type-added",
        BREAKING,
        "a request that we send may be of another media type",
    ),
    both(
        "H15", "outgoing-media-type-removed", OK, "requests that we send are of fewer media types"
    ),
    both("H16", "server-url-removed", BREAKING, "a server is gone", ROUTING),
    both("H16", "server-url-added", OK, "a server is new", ROUTING),
    *lifecycle_rules("H17"),
    both(
        "H17",
        "breaking-without-major",
        BREAKING,
        "the contract breaks, but its major version stays",
        POLICY,
    ),
    both("H17", "version-decreased", BREAKING, "the version went back", POLICY),
    both(
        "H17", "version-unchanged", WARNING, "the contract changed, but its version stays", POLICY
    ),
    both("H17", "version-malformed", WARNING, "a version is not a semantic version", POLICY),
)

RULES = index(HTTP_RULES)
