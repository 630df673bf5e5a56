"""An environment as the provider answers it, typed. Unknown fields are ignored, never an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from worker.virtuozzo.environment_status import EnvironmentStatus, read_status

Status = Annotated[EnvironmentStatus, BeforeValidator(read_status)]


class _Answered(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True
    )


class Node(_Answered):
    """One container: `nodes[]` of getenvinfo."""

    id: int
    int_ip: str | None = Field(default=None, alias="intIP")
    node_type: str = ""
    node_group: str = ""
    url: str | None = None
    status: Status = EnvironmentStatus.UNKNOWN
    is_master: bool = Field(default=False, alias="ismaster")
    fixed_cloudlets: int | None = None
    flexible_cloudlets: int | None = None


class NodeGroup(_Answered):
    """One layer of containers, for example `cp` or `sqldb`: `nodeGroups[]` of getenvinfo."""

    name: str
    display_name: str | None = None


class Environment(_Answered):
    """One environment: `env` of getenvinfo with its `nodes`, `nodeGroups` and `envGroups`.

    `env_name` is the identifier in every other call; the platform makes it of the short domain.
    `app_id` is the identifier of the environment's application (32 hexadecimal digits).
    """

    env_name: str
    status: Status
    shortdomain: str = ""
    domain: str = ""
    display_name: str | None = None
    app_id: str | None = Field(default=None, alias="appid")
    uid: int | None = None
    created_on: str | None = None
    hardware_node_group: str | None = None
    ssl_state: bool = Field(default=False, alias="sslstate")
    ha_enabled: bool = Field(default=False, alias="ishaenabled")
    ext_domains: tuple[str, ...] = Field(default=(), alias="extdomains")
    nodes: tuple[Node, ...] = ()
    node_groups: tuple[NodeGroup, ...] = ()
    env_groups: tuple[str, ...] = ()

    @classmethod
    def from_answer(cls, info: Mapping[str, Any]) -> Self:
        """Read an EnvironmentInfo object: `{env: {...}, nodes, nodeGroups, envGroups}`.

        Raises pydantic.ValidationError when `env.envName` is missing.
        """
        lists = {name: info.get(name) or () for name in ("nodes", "nodeGroups", "envGroups")}
        head = {name: value for name, value in info["env"].items() if value is not None}
        return cls.model_validate({**head, **lists})

    def has_tag(self, tag: str) -> bool:
        """Return whether the environment is in the environment group `tag`."""
        return tag in self.env_groups
