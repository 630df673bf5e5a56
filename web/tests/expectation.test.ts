import type { Job } from "slipway-client";
import { describe, expect, it } from "vitest";

import { afterEvent } from "@/live/fold";
import { expectation, placeText, progress, usualText } from "@/text/expectation";

const JOB: Job = { id: 1, team_id: 7, user_id: 3, kind: "environment.create", status: "queued", message: "", env_name: "shop", attempt: 0, created_at: 100, updated_at: 100 };
const USUAL = { low: 120, high: 180 };

describe("what is usual", () => {
  it.each([
    [0, 5, "up to 5 seconds"],
    [10, 15, "10–15 seconds"],
    [40, 120, "40 seconds to 2 minutes"],
    [120, 180, "2–3 minutes"],
    [90, 150, "1½–2½ minutes"],
    [60, 60, "about 1 minute"],
    [1_800, 9_000, "30 minutes to 2½ hours"],
    [7_200, 10_800, "2–3 hours"],
  ])("says %d to %d seconds as %s", (low, high, text) => expect(usualText({ low, high })).toBe(text));
});

describe("the place in the queue", () => {
  it("is said where there are others", () => expect(placeText({ place: 4, length: 12 })).toBe("place 4 of 12"));
  it("is not said of who waits alone", () => expect(placeText({ place: 1, length: 1 })).toBeUndefined());
  it("is the least that it can be where not all were counted", () => {
    expect(placeText({ place: 501 })).toBe("behind 500 or more others");
    expect(placeText({ place: 1 })).toBeUndefined();
  });
  it("is forgotten once something happens", () => {
    const event = { type: "job_status" as const, job_id: 1, team_id: 7, status: "started" as const, message: "m", env_name: "shop", occurred_at: 101 };
    expect(afterEvent({ ...JOB, queue: { place: 4, length: 12 } }, event)).not.toHaveProperty("queue");
  });
});

describe("what a list says", () => {
  it("is the place while a job waits, what is usual while it is at work, and nothing else", () => {
    const queue = { place: 4, length: 12 };
    expect(expectation({ ...JOB, queue, usual_seconds: USUAL })).toBe("place 4 of 12");
    expect(expectation({ ...JOB, status: "polling", attempt: 1, usual_seconds: USUAL })).toBe("usually 2–3 minutes");
    expect(expectation({ ...JOB, attempt: 1, usual_seconds: USUAL })).toBeUndefined();
    expect(expectation({ ...JOB, status: "completed", usual_seconds: USUAL })).toBeUndefined();
    expect(expectation({ ...JOB, status: "started", attempt: 1 })).toBeUndefined();
  });
});

describe("progress", () => {
  it("grows, and never is at the end", () => {
    const shown = [0, 60, 180, 181, 600, 1e9].map((seconds) => progress(seconds, USUAL));
    expect(shown[0]).toBe(0);
    expect(shown).toEqual([...shown].sort((one, other) => one - other));
    expect(new Set(shown).size).toBe(shown.length);
    expect(Math.max(...shown)).toBeLessThan(0.96);
  });
  it("does not go back before the beginning", () => expect(progress(-5, USUAL)).toBe(0));
});
