/** What the list of environments is narrowed to, and how the URL says it. */
import { type Environment, ENVIRONMENT_STATUS, type EnvironmentStatus } from "slipway-client";

export interface EnvironmentFilter {
  status?: EnvironmentStatus;
  text?: string;
}

export function environmentFilter(search: URLSearchParams): EnvironmentFilter {
  const filter: EnvironmentFilter = {};
  const status = ENVIRONMENT_STATUS.find((known) => known === search.get("status"));
  const text = search.get("q")?.trim().toLowerCase();
  if (status !== undefined) filter.status = status;
  if (text) filter.text = text;
  return filter;
}

/** Whether the environment belongs into the list; the service decides by the same rules. */
export function belongs(environment: Environment, filter: EnvironmentFilter): boolean {
  // What is deleted is shown to who asks for it.
  if (filter.status === undefined ? environment.status === "deleted" : environment.status !== filter.status) return false;
  const names = [environment.shortdomain, environment.env_name, environment.display_name, environment.domain];
  return filter.text === undefined || names.some((name) => name?.toLowerCase().includes(filter.text ?? "")) || String(environment.id) === filter.text;
}
