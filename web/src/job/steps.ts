/** A job's events as steps with a beginning and an end: the rows of its waterfall. */
import type { JobStatus, JobStatusEvent } from "slipway-client";

import { isTerminal } from "@/live/fold";
import type { Tone } from "@/ui/Tone";

/** What a step is made from; moments are seconds since 1970. */
export interface Milestone {
  status: JobStatus;
  message: string;
  at: number;
}

/** The events as milestones; none before the one that it follows, whatever the clocks said. */
export function milestonesOf(events: readonly { at: number; event: JobStatusEvent }[]): Milestone[] {
  let latest = 0;
  return events.map(({ at, event }) => {
    latest = Math.max(latest, at);
    return { status: event.status, message: event.message, at: latest };
  });
}

export interface Step {
  key: string;
  /** Counted from 1. */
  attempt: number;
  label: string;
  /** The news for people that came with it. */
  message: string;
  from: number;
  /** Undefined while it goes on. */
  to: number | undefined;
  tone: Tone;
  /** Why the attempt ended, when it failed in this step. */
  reason?: string;
}

const LABELS: Record<JobStatus, string> = {
  queued: "Waiting for a worker",
  started: "Preparing",
  polling: "At the provider",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

const ENDING: Partial<Record<JobStatus, Tone>> = { completed: "success", failed: "failed", cancelled: "neutral" };

function toneOf(status: JobStatus, next: Milestone | undefined): Tone {
  if (status === "queued") return "waiting";
  if (next === undefined) return "running";
  if (next.status === "queued") return "failed";
  return ENDING[next.status] ?? "success";
}

/** The news of another attempt says why and, behind a semicolon, what follows: "…; next attempt in 2 s". */
function parts(message: string): [reason: string, plan: string | undefined] {
  const found = /^(.*); ([a-z])([^;]*)$/.exec(message);
  return found === null ? [message, undefined] : [found[1] ?? message, `${found[2]?.toUpperCase()}${found[3]}`];
}

export function stepsOf(milestones: readonly Milestone[]): Step[] {
  const steps: Step[] = [];
  let attempt = 0;
  milestones.forEach((milestone, index) => {
    if (milestone.status === "queued") attempt += 1;
    attempt = Math.max(1, attempt);
    const next = milestones[index + 1];
    if (isTerminal(milestone.status)) return;
    const again = milestone.status === "queued" && attempt > 1;
    const [reason, plan] = parts(milestone.message);
    const step: Step = {
      key: `${index}`,
      attempt,
      label: again ? "Waiting for the next attempt" : LABELS[milestone.status],
      message: again ? (plan ?? reason) : milestone.message,
      from: milestone.at,
      to: next?.at,
      tone: toneOf(milestone.status, next),
    };
    const failed = next !== undefined && (next.status === "queued" || next.status === "failed");
    if (failed && milestone.status !== "queued") step.reason = next.status === "queued" ? parts(next.message)[0] : next.message;
    steps.push(step);
  });
  return steps;
}

/** Seconds in the queue before the first attempt, and seconds at work in all attempts. */
export function totals(steps: readonly Step[], end: number): { queued: number; working: number } {
  const lasted = (step: Step): number => (step.to ?? end) - step.from;
  const sum = (some: readonly Step[]): number => some.reduce((whole, step) => whole + lasted(step), 0);
  return {
    queued: sum(steps.filter((step) => step.tone === "waiting" && step.attempt === 1)),
    working: sum(steps.filter((step) => step.tone !== "waiting")),
  };
}

export function attemptsOf(steps: readonly Step[]): number {
  return steps.reduce((most, step) => Math.max(most, step.attempt), 0);
}

/** Where a step lies on the axis, as parts of the whole; a step too short to be seen keeps a width. */
export function placed(step: Step, start: number, end: number): { left: number; width: number } {
  const whole = Math.max(end - start, 0.001);
  const left = Math.min(Math.max((step.from - start) / whole, 0), 1);
  const right = Math.min(Math.max(((step.to ?? end) - start) / whole, 0), 1);
  const width = Math.max(right - left, 0.006);
  return { left: Math.min(left, 1 - width), width };
}

/** Round marks of an axis of so many seconds, at most `most` of them behind 0. */
export function marks(seconds: number, most = 5): number[] {
  const sizes = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400];
  const size = sizes.find((candidate) => seconds / candidate <= most) ?? seconds;
  const count = Math.floor(seconds / size + 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Math.round(index * size * 10) / 10);
}
