"""What to create: the typed form of createenvironment's `env`, `nodes` and `envGroups` parameters.

The tag. A job must find what an earlier attempt of it created, also when the answer was lost. The
API has no idempotency key, but createenvironment takes `envGroups`, creates the groups it does not
know, and getenvinfo and getenvs answer them. So the job's id travels as the name of an environment
group, set by the creating call itself: there is no moment at which the environment exists untagged.
`displayName` stays free for people, custom properties would need a second call.
"""

from __future__ import annotations

import json

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


def job_tag(job_id: int, *, installation: str = "slipway") -> str:
    """Return the environment group that marks a job's environment: `<installation>-job-<job_id>`.

    Job ids are unique in one database only, so two installations that share a provider account
    need different `installation` names.
    """
    return f"{installation}-job-{job_id}"


class _Sent(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


class DockerSpec(_Sent):
    """The image of a container node, and its environment variables."""

    image: str
    env: dict[str, str] | None = None


class NodeSpec(_Sent):
    """One layer to create: `count` containers. A cloudlet is 128 MiB of memory and 400 MHz."""

    node_type: str
    node_group: str | None = None
    count: int = Field(default=1, ge=1)
    fixed_cloudlets: int = Field(default=1, ge=0)
    flexible_cloudlets: int = Field(default=4, ge=1)
    extip: bool = False
    display_name: str | None = None
    docker: DockerSpec | None = None


class EnvironmentSpec(_Sent):
    """An environment to create. `tags` become environment groups; see `job_tag`."""

    shortdomain: str = Field(min_length=1)
    nodes: tuple[NodeSpec, ...] = Field(min_length=1)
    tags: tuple[str, ...] = ()
    display_name: str | None = None
    region: str | None = None
    engine: str | None = None
    ssl_state: bool = Field(default=True, alias="sslstate")
    ha_enabled: bool = Field(default=False, alias="ishaenabled")

    def form(self) -> dict[str, str]:
        """Return the parameters `env`, `nodes` and, with tags, `envGroups`: JSON in strings."""
        env = self.model_dump(by_alias=True, exclude_none=True, exclude={"nodes", "tags"})
        nodes = [node.model_dump(by_alias=True, exclude_none=True) for node in self.nodes]
        form = {"env": _compact(env), "nodes": _compact(nodes)}
        if self.tags:
            form["envGroups"] = _compact(list(self.tags))
        return form


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
