import type { Job, JobStatus, JobStatusEvent } from "slipway-client";
import { describe, expect, it } from "vitest";

import { afterEvent, later, withJob } from "@/live/fold";
import { isAfter, numberOf } from "@/live/position";
import { Recent } from "@/live/recent";

function job(id: number, status: JobStatus = "queued", updated = 100): Job {
  return { id, team_id: 7, user_id: 3, kind: "environment.create", status, message: "", env_name: `shop-${id}`, attempt: 0, created_at: 100, updated_at: updated };
}

function told(id: number, status: JobStatus, at = 101): JobStatusEvent {
  return { type: "job_status", job_id: id, team_id: 7, status, message: status, env_name: `shop-${id}`, occurred_at: at };
}

describe("positions", () => {
  it("compares numbers as numbers", () => {
    expect(isAfter("e.10", "e.9")).toBe(true);
    expect(isAfter("e.9", "e.9")).toBe(false);
  });
  it("does not compare what is of two histories", () => {
    expect(isAfter("f.10", "e.9")).toBeUndefined();
    expect(isAfter("nothing", "e.9")).toBeUndefined();
  });
  it("takes the number behind the last dot", () => expect(numberOf("a.b.12")).toBe("12"));
});

describe("recent events", () => {
  it("hands out what came after a position", () => {
    const recent = new Recent();
    recent.begin("e.5");
    for (const number of [6, 7, 8]) recent.add({ id: `e.${number}`, event: told(1, "started") });
    expect(recent.after("e.6")?.map(({ id }) => id)).toEqual(["e.7", "e.8"]);
    expect(recent.after("e.5")).toHaveLength(3);
  });
  it("says when something may be missing: a position before it began", () => {
    const recent = new Recent();
    expect(recent.after("e.5")).toBeUndefined();
    recent.begin("e.5");
    expect(recent.after("e.4")).toBeUndefined();
    expect(recent.after("f.9")).toBeUndefined();
  });
  it("forgets the oldest, and knows it", () => {
    const recent = new Recent();
    recent.begin("e.0");
    for (let number = 1; number <= 2_001; number += 1) recent.add({ id: `e.${number}`, event: told(1, "started") });
    expect(recent.after("e.0")).toBeUndefined();
    expect(recent.after("e.1")).toHaveLength(2_000);
  });
});

describe("folding events", () => {
  it("moves a job on, also back to the queue for another attempt", () => {
    const polling = afterEvent(job(1), told(1, "polling"));
    expect(polling).toMatchObject({ status: "polling", updated_at: 101 });
    expect(afterEvent(polling, told(1, "queued", 102)).status).toBe("queued");
  });
  it("ends it once", () => {
    const failed = afterEvent(job(1), told(1, "failed"));
    expect(failed.ended_at).toBe(101);
    expect(afterEvent(failed, told(1, "polling", 105))).toBe(failed);
  });
  it("leaves out what is older than what is known, and what is of another job", () => {
    const known = job(1, "polling", 200);
    expect(afterEvent(known, told(1, "started", 150))).toBe(known);
    expect(afterEvent(known, told(2, "failed", 300))).toBe(known);
  });
  it("keeps the later of two answers", () => {
    expect(later(job(1, "polling", 200), job(1, "started", 150)).status).toBe("polling");
    expect(later(job(1, "completed", 200), job(1, "polling", 200)).status).toBe("completed");
    expect(later(job(1, "started", 150), job(1, "polling", 200)).status).toBe("polling");
  });
  it("keeps lists ordered and narrowed", () => {
    const all = (): boolean => true;
    expect(withJob([job(5), job(3)], job(4), all).map(({ id }) => id)).toEqual([5, 4, 3]);
    expect(withJob([job(5), job(3)], job(6), all).map(({ id }) => id)).toEqual([6, 5, 3]);
    expect(withJob([job(5), job(3)], job(3, "failed", 200), ({ status }) => status === "queued").map(({ id }) => id)).toEqual([5]);
  });
});
