/** What to expect of a job that has not ended, in words. Nothing here is exact, and nothing says that it is. */
import type { Job, QueuePlace, UsualSeconds } from "slipway-client";

const MINUTE = 60;
const HOUR = 3_600;

interface Amount {
  number: string;
  unit: "second" | "minute" | "hour";
}

/** The service rounds to halves at most. */
function halves(value: number): string {
  const whole = Math.floor(value);
  if (value === whole) return String(whole);
  return whole === 0 ? "½" : `${whole}½`;
}

function amount(seconds: number, unit: Amount["unit"]): Amount {
  const length = { second: 1, minute: MINUTE, hour: HOUR }[unit];
  return { number: halves(seconds / length), unit };
}

function unitOf(seconds: number): Amount["unit"] {
  if (seconds >= 2 * HOUR) return "hour";
  return seconds >= MINUTE ? "minute" : "second";
}

function text({ number, unit }: Amount): string {
  return `${number} ${unit}${number === "1" || number === "½" ? "" : "s"}`;
}

/** `2–3 minutes`, `45 seconds to 2 minutes`, `up to 15 seconds`, `about 5 minutes`. */
export function usualText({ low, high }: UsualSeconds): string {
  const longest = amount(high, unitOf(high));
  if (low <= 0) return `up to ${text(longest)}`;
  if (low >= high) return `about ${text(longest)}`;
  const shortest = amount(low, unitOf(low));
  return shortest.unit === longest.unit ? `${shortest.number}–${text(longest)}` : `${text(shortest)} to ${text(longest)}`;
}

/** `place 4 of 12`; nothing for who waits alone. */
export function placeText({ place, length }: QueuePlace): string | undefined {
  if (length === undefined) return place > 1 ? `behind ${place - 1} or more others` : undefined;
  return length > 1 ? `place ${place} of ${length}` : undefined;
}

/** Whether the job has a place in the queue: nobody has begun it. */
export function isUnbegun({ status, attempt }: Job): boolean {
  return status === "queued" && attempt === 0;
}

export function isAtWork({ status }: Job): boolean {
  return status === "started" || status === "polling";
}

/** What a list says of the job: its place while it waits, how long is usual while it is at work. */
export function expectation(job: Job): string | undefined {
  if (isUnbegun(job)) return job.queue === undefined ? undefined : placeText(job.queue);
  if (isAtWork(job) && job.usual_seconds !== undefined) return `usually ${usualText(job.usual_seconds)}`;
  return undefined;
}

/** How far along the job seems, from 0 to less than 1: nobody knows, so it never is at the end. */
export function progress(seconds: number, { high }: UsualSeconds): number {
  const part = Math.max(0, seconds) / high;
  return part <= 1 ? 0.85 * part : 0.95 - 0.1 / part;
}
