import { ProblemError } from "slipway-client";
import { describe, expect, it } from "vitest";

import { connection, isOnline } from "@/shell/connection";
import { matching } from "@/shell/matching";
import { target } from "@/signin/target";
import { failureText } from "@/text/failures";
import { initials } from "@/text/names";
import { problemText } from "@/text/problems";
import { duration, relative } from "@/text/time";
import { browserName } from "@/text/userAgent";

describe("times", () => {
  it.each([[0.42, "0.4 s"], [9, "9 s"], [59.6, "1 min 00 s"], [185, "3 min 05 s"], [7_800, "2 h 10 min"], [200_000, "2 d 7 h"], [-3, "0 s"]])("writes %d seconds as %s", (seconds, text) => expect(duration(seconds)).toBe(text));
  it.each([[2, "just now"], [30, "30 sec. ago"], [150, "2 min. ago"], [7_300, "2 hr. ago"], [90_000, "yesterday"]])("%d seconds ago is %s", (ago, text) => expect(relative(1_000_000 - ago, 1_000_000)).toBe(text));
});

describe("errors", () => {
  const problem = (status: number, code: string, more = {}) => new ProblemError(status, { type: "/x", title: "Title", status, code, detail: "Detail.", ...more }, undefined);
  it("uses the service's words where they are for people", () => expect(problemText(problem(409, "environment_busy"))).toEqual({ title: "Title", detail: "Detail." }));
  it("names the place of a request that is refused", () => {
    expect(problemText(problem(422, "invalid_request", { errors: [{ pointer: "/body/nodes/0/count", detail: "Too many" }] })).detail).toBe("nodes → 0 → count: Too many");
  });
  it("says when to try again", () => expect(problemText(new ProblemError(429, { type: "/x", title: "T", status: 429, code: "rate_limited" }, 12)).detail).toContain("12 seconds"));
  it("knows a network that is away", () => expect(problemText(new TypeError("failed to fetch")).title).toBe("No answer"));
  it("advises for known codes, and for others", () => {
    expect(failureText("quota_exceeded").advice).toContain("quota");
    expect(failureText("of_tomorrow").title).toBe("The job failed");
  });
});

describe("connection", () => {
  const base = { current: true, enabled: true, online: true, seconds: 0 };
  it("tells live, catching up, reconnecting and offline apart", () => {
    expect(connection({ ...base, state: { state: "open" } }).label).toBe("Live");
    expect(connection({ ...base, current: false, state: { state: "open" } }).label).toBe("Catching up");
    expect(connection({ ...base, seconds: 3, state: { state: "waiting", milliseconds: 3_000, error: undefined } }).label).toBe("Reconnecting in 3 s");
    expect(connection({ ...base, online: false, state: { state: "open" } }).label).toBe("Offline");
    expect(connection({ ...base, state: { state: "waiting", milliseconds: Infinity, error: undefined } }).waits).toBe(false);
  });
  it("reaches the own machine without a network", () => {
    for (const host of ["localhost", "127.0.0.1", "[::1]"]) expect(isOnline(host, false)).toBe(true);
    expect(isOnline("console.example", false)).toBe(false);
    expect(isOnline("console.example", true)).toBe(true);
  });
});

describe("small things", () => {
  it("never sends the signed-in user to another origin", () => {
    const origin = "https://console.example";
    expect(target("/jobs?status=failed", origin)).toBe("/jobs?status=failed");
    for (const bad of [null, "https://evil.example", "//evil.example", "/\\evil.example", "/sign-in", "javascript:alert(1)"]) expect(target(bad, origin)).toBe("/environments");
  });
  it("finds by all words, beginnings first", () => expect(matching(["job shop", "shop one", "other"], "shop", (text) => text)).toEqual(["shop one", "job shop"]));
  it("shortens names", () => expect([initials("Ada Lovelace"), initials("demo"), initials("")]).toEqual(["AL", "D", "?"]));
  it("names browsers", () => expect(browserName("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36")).toBe("Chrome on Linux"));
});
