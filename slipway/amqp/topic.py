"""Topic patterns (AMQP 0-9-1, 3.1.3.3): words between dots, `*` is one word, `#` any number.

The empty key and the empty pattern have no words at all, as in RabbitMQ.
"""

from typing import Generic, TypeVar

T = TypeVar("T")


class _Node(Generic[T]):
    __slots__ = ("children", "values")

    def __init__(self) -> None:
        self.children: dict[str, _Node[T]] = {}
        self.values: list[T] = []


class TopicTrie(Generic[T]):
    """Patterns with a value each; a key finds the values of all patterns that match it.

    A lookup walks the words of the key and branches only where a pattern has a wildcard. Each
    (node, word) pair is visited at most once, so patterns full of `#` cannot make it explode.
    """

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(self, pattern: str, value: T) -> None:
        """Add a value under a pattern; the same pair may be added more than once."""
        node = self._root
        for word in _words(pattern):
            node = node.children.setdefault(word, _Node())
        node.values.append(value)

    def remove(self, pattern: str, value: T) -> None:
        """Take one such value away; branches that hold nothing any more are cut."""
        node = self._root
        path: list[tuple[_Node[T], str]] = []
        for word in _words(pattern):
            path.append((node, word))
            node = node.children[word]
        node.values.remove(value)
        for parent, word in reversed(path):
            child = parent.children[word]
            if child.values or child.children:
                break
            del parent.children[word]

    def match(self, key: str) -> list[T]:
        """Return the values of all matching patterns, in no particular order."""
        words = _words(key)
        found: list[T] = []
        seen: set[tuple[int, int]] = set()
        waiting = [(self._root, 0)]
        while waiting:
            node, at = waiting.pop()
            if (id(node), at) in seen:
                continue
            seen.add((id(node), at))
            if at == len(words):
                found += node.values
            else:
                for word in {words[at], "*"} - {"#"}:
                    child = node.children.get(word)
                    if child is not None:
                        waiting.append((child, at + 1))
            rest = node.children.get("#")
            if rest is not None:
                waiting += [(rest, skip) for skip in range(at, len(words) + 1)]
        return found


def _words(text: str) -> list[str]:
    return text.split(".") if text else []
