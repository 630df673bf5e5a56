import type { JobStatus } from "slipway-client";
import { describe, expect, it } from "vitest";

import { attemptsOf, marks, milestonesOf, placed, stepsOf, totals } from "@/job/steps";

const at = (status: JobStatus, moment: number, message: string = status) => ({ status, message, at: moment });

describe("steps of a job", () => {
  it("has a step for each state that lasted, and the queue's delay first", () => {
    const steps = stepsOf([at("queued", 0), at("started", 2), at("polling", 3), at("completed", 10)]);
    expect(steps.map(({ label, from, to, tone }) => [label, from, to, tone])).toEqual([
      ["Waiting for a worker", 0, 2, "waiting"],
      ["Preparing", 2, 3, "success"],
      ["At the provider", 3, 10, "success"],
    ]);
  });
  it("leaves the last step open while the job is at work", () => {
    expect(stepsOf([at("queued", 0), at("started", 2)]).at(-1)).toMatchObject({ to: undefined, tone: "running" });
  });
  it("counts attempts and says why one failed", () => {
    const steps = stepsOf([at("queued", 0), at("started", 1), at("queued", 2, "The provider is not available; next attempt in 2 s"), at("started", 4), at("polling", 5), at("failed", 9, "It broke")]);
    expect(attemptsOf(steps)).toBe(2);
    expect(steps[1]).toMatchObject({ attempt: 1, tone: "failed", reason: "The provider is not available" });
    expect(steps[2]).toMatchObject({ attempt: 2, label: "Waiting for the next attempt", message: "Next attempt in 2 s", tone: "waiting" });
    expect(totals(steps, 9)).toEqual({ queued: 1, working: 6 });
    expect(steps.at(-1)).toMatchObject({ tone: "failed", reason: "It broke" });
  });
  it("has no step for a job that was cancelled in the queue but the wait", () => {
    expect(stepsOf([at("queued", 0), at("cancelled", 3)])).toHaveLength(1);
  });
  it("begins with attempt 1 when the beginning was trimmed", () => {
    expect(stepsOf([at("polling", 5), at("completed", 6)])[0]).toMatchObject({ attempt: 1 });
  });
  it("lets no milestone lie before the one that it follows", () => {
    const event = (status: "queued" | "started") => ({ type: "job_status" as const, job_id: 1, team_id: 7, status, message: "", env_name: "x", occurred_at: 0 });
    expect(milestonesOf([{ at: 5.4, event: event("queued") }, { at: 5, event: event("started") }]).map(({ at: moment }) => moment)).toEqual([5.4, 5.4]);
  });
});

describe("the axis", () => {
  it("places steps within the whole", () => {
    const [queued, started] = stepsOf([at("queued", 0), at("started", 5)]);
    expect(placed(queued!, 0, 10)).toEqual({ left: 0, width: 0.5 });
    expect(placed(started!, 0, 10)).toEqual({ left: 0.5, width: 0.5 });
  });
  it("keeps a step of no length visible, and inside", () => {
    const { left, width } = placed({ ...stepsOf([at("queued", 10), at("started", 10)])[0]!, from: 10, to: 10 }, 0, 10);
    expect(width).toBeGreaterThan(0);
    expect(left + width).toBeLessThanOrEqual(1);
  });
  it("has round marks, never too many", () => {
    expect(marks(4)).toEqual([0, 1, 2, 3, 4]);
    for (const length of [0.3, 1, 7, 59, 61, 3_601, 90_000]) expect(marks(length).length).toBeLessThanOrEqual(6);
  });
});
