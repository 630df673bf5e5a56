"""Python names for the names in contracts: identifiers, classes, modules, enum members."""

import keyword
import re
from collections.abc import Iterable
from functools import cache

from anyascii import anyascii

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_SOFT = {"match", "case", "type", "_"}
_BUILTIN_CLASSES = {
    "None", "True", "False", "Any", "Literal", "Annotated", "BaseModel", "Field", "MISSING",
    "AwareDatetime", "ConfigDict", "StrictStr", "StrictInt", "StrictFloat", "StrictBool", "UUID",
    "Enum", "StrEnum", "IntEnum", "TypeAlias", "TypeAdapter", "Optional", "Union", "RootModel",
    "SecretStr", "Final", "Protocol", "ABC", "Generic", "Callable", "Awaitable", "Mapping",
    "Response", "JSONResponse", "Request", "APIRouter", "Body", "BodyKind", "Cookie", "Depends",
    "File", "Form", "Header", "JsonRoute", "OperationRoute", "Path", "Query", "Wire",
    "EncodedSlashes", "Security", "UploadFile", "RequestValidationError", "P", "RESPONSES",
    "Exception", "Delivery", "RawMessage", "ContractError", "OutgoingMessage", "Topology",
    "RabbitBroker", "RabbitExchange", "RabbitQueue", "RabbitResponse", "RabbitSubscriber",
    "AckPolicy", "ExchangeType", "UnroutableError", "DirectSubscription", "Celery", "Task",
    "Reject", "Decimal", "Sequence", "Iterable",
}  # fmt: skip
"""What generated modules import or define; a schema of this name gets `Model` behind it."""
_TYPE_WORDS = {"bool", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"}
_USED_WORDS = _TYPE_WORDS | {
    "l", "date", "datetime", "cast", "dataclass", "json", "kombu", "logging", "re", "slots",
    "as_it_came", "checks", "conforms", "consumer", "contract_error", "dead_letter_headers",
    "messages", "parse", "parse_any", "parse_headers", "publish", "put_aside", "queue_name",
    "raw_body", "refusal", "request", "require_json", "require_size", "require_word",
    "routing_word", "runtime", "serialise", "task_payload", "to_jsonable_python", "topology",
}  # fmt: skip
"""What generated modules use; a function of this name gets `_` behind it."""


def words(name: str) -> list[str]:
    """Return the words of a name in camel, snake, kebab, dotted or spaced spelling.

    Letters of other alphabets are transliterated; characters without a word become their numbers.
    """
    found = _WORD.findall(_ascii(name))
    if not found and name.strip("_"):
        return [f"u{ord(character):x}" for character in name.strip()[:8]]
    return found


@cache
def _ascii(name: str) -> str:
    return name if name.isascii() else anyascii(name)


def snake(name: str) -> str:
    """Return a snake_case identifier, never a keyword."""
    joined = "_".join(word.lower() for word in words(name)) or "unnamed"
    if joined[0].isdigit():
        joined = f"n{joined}"
    if keyword.iskeyword(joined):
        joined += "_"
    return joined


def function(name: str) -> str:
    """Return the identifier of a function or method, which hides nothing that its module uses."""
    found = snake(name)
    return f"{found}_" if found in _USED_WORDS else found


def argument(name: str) -> str:
    """Return the identifier of an argument, which hides no type that its function uses."""
    found = snake(name)
    return f"{found}_" if found in _TYPE_WORDS else found


def pascal(name: str) -> str:
    """Return a PascalCase identifier; a name that is one already stays as it is."""
    if re.fullmatch(r"[A-Z][A-Za-z0-9]*", name) and name not in _BUILTIN_CLASSES:
        return name
    joined = "".join(word[0].upper() + word[1:] for word in words(name)) or "Unnamed"
    if joined[0].isdigit():
        joined = f"N{joined}"
    return f"{joined}Model" if joined in _BUILTIN_CLASSES else joined


def upper(name: str) -> str:
    """Return an UPPER_CASE identifier."""
    return snake(name).upper()


def unique(name: str, taken: Iterable[str]) -> str:
    """Return `name`, with a number behind it when it is taken."""
    known = set(taken)
    if name not in known:
        return name
    count = 2
    while f"{name}{count}" in known:
        count += 1
    return f"{name}{count}"


def http_header_name(name: str) -> str:
    """Return the identifier for an HTTP header, whose case says nothing: `ETag` is `etag`."""
    return header_name(name.lower())


def header_name(name: str) -> str:
    """Return the identifier for a header: without its `x-`, in snake_case."""
    return argument(name[2:] if name.lower().startswith("x-") else name)
