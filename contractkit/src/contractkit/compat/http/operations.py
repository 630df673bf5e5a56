"""Operations, callbacks, webhooks and servers (H01, H02, H14 to H16), with their contents."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.http.base_path import rebased
from contractkit.compat.http.bodies import compare_request, compare_responses
from contractkit.compat.http.exploded import name_travels
from contractkit.compat.http.parameters import compare_parameters
from contractkit.compat.http.rules import RULES
from contractkit.compat.http.security import compare_security
from contractkit.compat.http.servers import compare_servers, served
from contractkit.compat.http.widened_path import widened
from contractkit.compat.leftover import check_leftovers
from contractkit.compat.lifecycle import Calendar, compare_lifecycle, removal
from contractkit.compat.use import Use
from contractkit.documents import Node, at
from contractkit.location import Location
from contractkit.model.http import HttpContract, HttpOperation
from contractkit.paths import parameters as names_in
from contractkit.paths import positional
from contractkit.reader.openapi import METHODS, OTHERS

_KNOWN = frozenset(
    {"operationId", "parameters", "requestBody", "responses", "callbacks", "security", "servers"}
)
_KNOWN_ROOT = frozenset(
    {"openapi", "info", "servers", "paths", "components", "security", "webhooks", "$self"}
)
_KNOWN_PATH_ITEM = frozenset({*METHODS, OTHERS, "parameters", "servers", "$ref"})


@dataclass(frozen=True, slots=True)
class HttpGate:
    """Compares two HTTP contracts into a collector."""

    collector: FindingCollector
    calendar: Calendar

    def compare(self, old: HttpContract, new: HttpContract) -> None:
        """Record every change from `old` to `new`."""
        self._root(old, new)
        new = rebased(old, new)
        pairs = self._operations(old.operations, new.operations, "operation", outgoing=False)
        for before, after in pairs:
            compare_servers(
                self.collector, served(before, old), served(after, new), self._use(after)
            )
        if not pairs:
            nobody = (old.servers, old.location), (new.servers, new.location)
            compare_servers(self.collector, *nobody, Use(""))
        self._operations(old.webhooks, new.webhooks, "webhook", outgoing=True)

    def _root(self, old: HttpContract, new: HttpContract) -> None:
        before, after = (
            at(documents, contract.location)
            for documents, contract in zip(self.collector.revisions, (old, new), strict=True)
        )
        places = (before.value, old.location), (after.value, new.location)
        check_leftovers(
            self.collector, *places, known=_KNOWN_ROOT, use=Use(""), what="OpenAPI document"
        )
        for kind in ("paths", "webhooks"):
            self._path_items(before, after, kind)

    def _path_items(self, before: Node, after: Node, kind: str) -> None:
        """Compare members of path items that no operation includes."""
        listed = [node.get(kind) for node in (before, after)]
        items = [dict(node.entries()) if node is not None else {} for node in listed]
        for path in sorted(items[0].keys() | items[1].keys()):
            if path.startswith("x-"):
                continue
            sides = [
                _described(found.get(path), root)
                for found, root in zip(items, (before, after), strict=True)
            ]
            check_leftovers(
                self.collector, *sides, known=_KNOWN_PATH_ITEM, use=Use(""), what=f"path {path}"
            )

    def _operations(
        self,
        old: Sequence[HttpOperation],
        new: Sequence[HttpOperation],
        kind: str,
        *,
        outgoing: bool,
    ) -> list[tuple[HttpOperation, HttpOperation]]:
        left, right = list(old), list(new)
        pairs: list[tuple[HttpOperation, HttpOperation]] = []
        for key in _KEYS[kind]:
            known = {key(operation): operation for operation in right}
            for before in list(left):
                after = known.pop(key(before), None)
                if after is not None:
                    left.remove(before)
                    right.remove(after)
                    pairs.append((before, after))
        if kind == "operation":
            replaced = [(one, after) for one in left if (after := self._replacement(one, right))]
            pairs += replaced
            left = [one for one in left if all(one is not before for before, _ in replaced)]
            right = [one for one in right if all(one is not after for _, after in replaced)]
        for before in left:
            ending = removal(before, self.calendar) if kind == "operation" else ""
            rule = RULES[f"{kind}-removed{ending}"]
            message = f"{label(before)} is gone"
            self.collector.say(rule, message, before.location, None, self._use(before))
        for after in right:
            message = f"{label(after)} is new"
            self.collector.say(
                RULES[f"{kind}-added"], message, None, after.location, self._use(after)
            )
            compare_lifecycle(
                self.collector,
                RULES,
                None,
                after,
                calendar=self.calendar,
                use=self._use(after),
                name=label(after),
            )
        for before, after in pairs:
            self._pair(before, after, kind, outgoing=outgoing)
        return pairs

    def _replacement(
        self, old: HttpOperation, fresh: Sequence[HttpOperation]
    ) -> HttpOperation | None:
        """Return the new operation that takes the requests of one that had no name."""
        if old.named:
            return None
        revisions = self.collector.revisions
        return next((one for one in fresh if widened(revisions, old, one) is not None), None)

    @staticmethod
    def _use(operation: HttpOperation) -> Use:
        return Use(operation.label)

    def _pair(self, old: HttpOperation, new: HttpOperation, kind: str, *, outgoing: bool) -> None:
        collector, use = self.collector, self._use(new)
        places = (old.location, new.location)
        old, new = self._path(old, new, use, literal=kind == "operation")
        if kind != "operation" and old.path != new.path:
            message = f"{label(old)} became {label(new)}"
            collector.say(RULES["callback-renamed"], message, *places, use)
        own = old.named and old.operation_id != label(old)
        if own and old.operation_id != new.operation_id:
            now = new.operation_id if new.named else "unset"
            message = f"{old.operation_id} became {now}"
            collector.say(RULES["operation-id-changed"], message, *places, use)
        compare_lifecycle(
            collector, RULES, old, new, calendar=self.calendar, use=use, name=label(new)
        )
        compare_parameters(collector, old, new, outgoing=outgoing)
        compare_request(collector, old, new, outgoing=outgoing)
        compare_responses(collector, old, new, outgoing=outgoing)
        compare_security(collector, old, new, use, outgoing=outgoing)
        raw = tuple(
            at(documents, operation.location).value
            for documents, operation in zip(collector.revisions, (old, new), strict=True)
        )
        known = _KNOWN | {"x-terminal-events", "x-heartbeat-seconds", "x-retry-milliseconds"}
        check_leftovers(
            collector,
            (raw[0], old.location),
            (raw[1], new.location),
            known=known,
            use=use,
            what=label(new),
        )
        # Whoever answers a request calls back: of a request that we send, that is its receiver.
        self._operations(old.callbacks, new.callbacks, "callback", outgoing=not outgoing)

    def _path(
        self, old: HttpOperation, new: HttpOperation, use: Use, *, literal: bool
    ) -> tuple[HttpOperation, HttpOperation]:
        """Record a changed path. Return both, with the path parameters named as in OLD."""
        if old.path == new.path:
            return old, new
        places = (old.location, new.location)
        if literal and (wider := widened(self.collector.revisions, old, new)) is not None:
            message = f"{label(old)} became {label(new)}, which takes its requests"
            self.collector.say(RULES["path-widened"], message, *places, use)
            return wider
        if literal and (_address(old) != _address(new)):
            message = f"{label(old)} became {label(new)}"
            self.collector.say(RULES["path-changed"], message, *places, use)
            return old, new
        names = dict(zip(names_in(new.path), names_in(old.path), strict=False))
        documents = self.collector.revisions[1]
        sent = {one.name for one in new.parameters if name_travels(documents, one)}
        for now, was in names.items():
            if now != was:
                message = f"the path parameter {was} became {now}"
                rule = RULES["parameter-renamed" if now in sent else "path-parameter-renamed"]
                self.collector.say(rule, message, *places, use, token=was)
        parameters = tuple(
            replace(parameter, name=names.get(parameter.name, parameter.name))
            if parameter.place == "path"
            else parameter
            for parameter in new.parameters
        )
        return old, replace(new, parameters=parameters)


def _described(item: Node | None, root: Node) -> tuple[dict[str, Any], Location]:
    """Return the members and the place of a path item, or of the document without one."""
    if item is None:
        return {}, root.location
    followed = item.followed()
    raw = followed.value if isinstance(followed.value, dict) else {}
    return raw, followed.location


def label(operation: HttpOperation) -> str:
    """Return an operation as `GET /path`."""
    return f"{operation.method} {operation.path}"


def _address(operation: HttpOperation) -> tuple[str, str]:
    return operation.method, positional(operation.path)


def _identity(operation: HttpOperation) -> tuple[str, str]:
    return operation.method, operation.operation_id if operation.named else operation.path


def _expression(operation: HttpOperation) -> tuple[str, str]:
    """Return the method and URL of a callback without its key, which does not travel."""
    return operation.method, operation.path.partition(" ")[2]


_KEYS = {
    "operation": (label, _address, _identity),
    "callback": (label, _expression),
    "webhook": (label,),
}
"""By what operations of both revisions are paired, in this order."""
