"""The hosting provider: a typed client of the Virtuozzo Application Platform (Jelastic) API."""

from worker.virtuozzo.client import PLATFORM_APPID, VirtuozzoClient
from worker.virtuozzo.environment import Environment, Node, NodeGroup
from worker.virtuozzo.environment_spec import DockerSpec, EnvironmentSpec, NodeSpec, job_tag
from worker.virtuozzo.environment_status import EnvironmentStatus
from worker.virtuozzo.errors import (
    EnvironmentBrokenError,
    EnvironmentNotFoundError,
    InvalidSpecError,
    NameTakenError,
    PermanentProviderError,
    ProviderBusyError,
    ProviderError,
    ProviderRefusedError,
    ProviderTimeoutError,
    ProviderUnavailableError,
    QuotaExceededError,
    RetryableProviderError,
    SessionExpiredError,
    SignInRefusedError,
)
from worker.virtuozzo.provider import Provider
from worker.virtuozzo.session import ProviderSession
from worker.virtuozzo.transport import ProviderTimeouts

__all__ = [
    "PLATFORM_APPID",
    "DockerSpec",
    "Environment",
    "EnvironmentBrokenError",
    "EnvironmentNotFoundError",
    "EnvironmentSpec",
    "EnvironmentStatus",
    "InvalidSpecError",
    "NameTakenError",
    "Node",
    "NodeGroup",
    "NodeSpec",
    "PermanentProviderError",
    "Provider",
    "ProviderBusyError",
    "ProviderError",
    "ProviderRefusedError",
    "ProviderSession",
    "ProviderTimeoutError",
    "ProviderTimeouts",
    "ProviderUnavailableError",
    "QuotaExceededError",
    "RetryableProviderError",
    "SessionExpiredError",
    "SignInRefusedError",
    "VirtuozzoClient",
    "job_tag",
]
