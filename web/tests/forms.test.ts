import type { NodeOffer } from "slipway-client";
import { describe, expect, it } from "vitest";

import { memory } from "@/environments/cloudlets";
import { emptyDraft, faultsOf, labelsOf, orderOf, suggestion } from "@/environments/order";
import { fault } from "@/data/rules";

const offer: NodeOffer = { types: [{ node_type: "nginxphp", title: "PHP" }], sizes: [{ name: "S", fixed_cloudlets: 1, flexible_cloudlets: 8 }] };
const draft = emptyDraft(offer);

describe("rules of the contract", () => {
  it.each(["", "a", "A-b", "-ab", "ab-", "1ab", "x".repeat(33)])("refuses the short domain %j", (text) => {
    expect(fault("EnvironmentCreateRequest", "shortdomain", text)).toBeDefined();
  });
  it.each(["abc", "shop-42", "x".repeat(32)])("takes the short domain %j", (text) => {
    expect(fault("EnvironmentCreateRequest", "shortdomain", text)).toBeUndefined();
  });
  it.each(["0", "33", "1.5", "two"])("refuses %j nodes", (text) => expect(fault("NodeSpec", "count", text)).toBeDefined());
  it("asks for what is needed only", () => {
    expect(fault("EnvironmentCreateRequest", "region", "")).toBeUndefined();
    expect(fault("PasswordChange", "new_password", "short")).toContain("12");
  });
});

describe("the order form", () => {
  it("tells what is wrong by field", () => {
    expect(Object.keys(faultsOf({ ...draft, shortdomain: "X", labels: "Bad", nodes: [{ ...draft.nodes[0]!, count: "99" }] }))).toEqual(["shortdomain", "labels", "node 0"]);
  });
  it("makes the order, without what was left out", () => {
    expect(orderOf({ ...draft, shortdomain: "shop" }, offer)).toEqual({ shortdomain: "shop", nodes: [{ node_type: "nginxphp", count: 1, fixed_cloudlets: 1, flexible_cloudlets: 8 }] });
    expect(orderOf({ ...draft, shortdomain: "shop", name: " Shop ", labels: "a=b=c\n\nd = e" }, offer)).toMatchObject({ display_name: "Shop", metadata: { a: "b=c", d: "e" } });
  });
  it("takes sixteen labels", () => {
    const lines = (count: number): string => Array.from({ length: count }, (_, index) => `l${index}=x`).join("\n");
    expect(labelsOf(lines(16)).fault).toBeUndefined();
    expect(labelsOf(lines(17)).fault).toBeDefined();
  });
  it.each([["Web shop", "web-shop"], ["Über uns!", "u-ber-uns"], ["42 things", "things"], ["!!!", ""]])("suggests for %j %j", (name, short) => expect(suggestion(name)).toBe(short));
  it("shows memory", () => expect([memory(1), memory(8), memory(12)]).toEqual(["128 MiB", "1 GiB", "1.5 GiB"]));
});
