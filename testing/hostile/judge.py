"""What every answer must keep, however hostile the request was."""

import json
import re

from testing.hostile.case import Case
from testing.hostile.wire import Answer

_TRACES = re.compile(
    rb"Traceback|File \"|\.py\"|site-packages|sqlalchemy|asyncpg|sqlite3|psycopg|ValueError|KeyError",
    re.IGNORECASE,
)
_PLANTED = ("evil.example", "hostile-marker")


def faults(case: Case, answer: Answer, secrets: tuple[str, ...] = ()) -> list[str]:
    """List what is wrong with an answer; nothing for a good one."""
    found = []
    if answer.status == -1:
        return ["no answer and no end in time"]
    if answer.status not in case.allowed:
        found.append(f"status {answer.status}")
    if answer.status == 0:
        return found
    if answer.status >= 400 and case.method != "HEAD":
        found += _problem(answer)
    found += _leaks(answer, secrets)
    if 300 <= answer.status < 400 and answer.status != 304:
        found.append(f"a redirect to {answer.fields.get('location')}")
    if answer.status >= 400 and "set-cookie" in answer.fields and case.name.find("logout") < 0:
        found.append("a refusal that sets a cookie")
    if answer.fields.get("x-content-type-options") != "nosniff" and (
        "text/event-stream" not in answer.fields.get("content-type", "")
        and answer.fields.get("content-type")
    ):
        found.append("no nosniff")
    if "server" in answer.fields:
        found.append(f"tells its server: {answer.fields['server']}")
    return found


def _problem(answer: Answer) -> list[str]:
    kind = answer.fields.get("content-type", "")
    if not kind.startswith("application/problem+json"):
        return [f"{answer.status} is {kind or 'without a type'}, no problem+json"]
    try:
        problem = json.loads(answer.body)
    except ValueError:
        return ["a problem that is no JSON"]
    lacking = {"type", "title", "status", "code"} - problem.keys()
    if lacking:
        return [f"a problem without {', '.join(sorted(lacking))}"]
    if problem["status"] != answer.status:
        return ["a problem with another status"]
    return []


def _leaks(answer: Answer, secrets: tuple[str, ...]) -> list[str]:
    found = []
    trace = _TRACES.search(answer.body) if answer.status >= 400 else None
    if trace:
        found.append(f"tells of its inside: {trace[0].decode()}")
    head = " ".join(f"{name}: {value}" for name, value in answer.fields.items())
    found += [f"repeats {word} in its head" for word in _PLANTED if word in head]
    text = head + answer.body.decode("latin-1")
    found += ["repeats a credential" for secret in secrets if secret and secret in text]
    return found
