import { ProblemError } from "slipway-client";

export function isNotFound(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 404;
}
