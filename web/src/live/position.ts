/** Positions in a team's event log, `<epoch>.<number>`. */
import type { EventId } from "slipway-client";

interface Position {
  epoch: string;
  number: number;
}

function parse(id: EventId): Position | undefined {
  const dot = id.lastIndexOf(".");
  const number = Number(id.slice(dot + 1));
  return dot > 0 && Number.isSafeInteger(number) ? { epoch: id.slice(0, dot), number } : undefined;
}

/** Whether `id` comes after `than`; undefined when the two are of different histories. */
export function isAfter(id: EventId, than: EventId): boolean | undefined {
  const left = parse(id);
  const right = parse(than);
  if (left === undefined || right === undefined || left.epoch !== right.epoch) return undefined;
  return left.number > right.number;
}

/** The number within the history, for people. */
export function numberOf(id: EventId): string {
  return id.slice(id.lastIndexOf(".") + 1);
}
