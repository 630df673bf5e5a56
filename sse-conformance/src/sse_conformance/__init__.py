"""Tests a server of event streams (`text/event-stream`) against standards and its own claims."""

from sse_conformance.capabilities import Capabilities
from sse_conformance.errors import CaseFailed, CaseSkipped, TargetError
from sse_conformance.target import StreamRequest, Target

__all__ = ["Capabilities", "CaseFailed", "CaseSkipped", "StreamRequest", "Target", "TargetError"]
