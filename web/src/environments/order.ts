/** The order form's state, its faults, and the order that it makes. */
import type { EnvironmentCreateRequest, NodeOffer, NodeSpec } from "slipway-client";

import { fault } from "@/data/rules";

export interface NodeDraft {
  key: number;
  type: string;
  size: string;
  count: string;
}

export interface Draft {
  shortdomain: string;
  name: string;
  region: string;
  nodes: readonly NodeDraft[];
  labels: string;
}

/** A node as the offer has it first. */
export function firstNode(offer: NodeOffer, key = 0): NodeDraft {
  return { key, type: offer.types[0]?.node_type ?? "", size: offer.sizes[0]?.name ?? "", count: "1" };
}

export function emptyDraft(offer: NodeOffer): Draft {
  return { shortdomain: "", name: "", region: "", nodes: [firstNode(offer)], labels: "" };
}

const LABEL_NAME = /^[a-z][a-z0-9_.-]{0,62}$/;

/** Labels as lines `name=value`. */
export function labelsOf(text: string): { labels: Record<string, string>; fault?: string } {
  const labels: Record<string, string> = {};
  for (const line of text.split("\n").map((part) => part.trim()).filter(Boolean)) {
    const equals = line.indexOf("=");
    const name = line.slice(0, equals).trim();
    if (equals < 1 || !LABEL_NAME.test(name)) return { labels, fault: `“${line}” is no label. Write name=value; a name begins with a lower-case letter.` };
    labels[name] = line.slice(equals + 1).trim();
    if ((labels[name]?.length ?? 0) > 256) return { labels, fault: `The value of ${name} has more than 256 characters.` };
  }
  return Object.keys(labels).length > 16 ? { labels, fault: "Use at most 16 labels." } : { labels };
}

/** Faults by field; nodes by `node <key>`. */
export function faultsOf(draft: Draft): Record<string, string> {
  const faults: Record<string, string | undefined> = {
    shortdomain: fault("EnvironmentCreateRequest", "shortdomain", draft.shortdomain),
    name: fault("EnvironmentCreateRequest", "display_name", draft.name.trim()),
    region: fault("EnvironmentCreateRequest", "region", draft.region),
    labels: labelsOf(draft.labels).fault,
  };
  for (const node of draft.nodes) {
    faults[`node ${node.key}`] = node.count === "" ? "This is needed." : fault("NodeSpec", "count", node.count);
  }
  return Object.fromEntries(Object.entries(faults).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function nodeOf(node: NodeDraft, offer: NodeOffer): NodeSpec {
  const spec: NodeSpec = { node_type: node.type, count: Number(node.count) };
  const size = offer.sizes.find(({ name }) => name === node.size);
  return size === undefined ? spec : { ...spec, fixed_cloudlets: size.fixed_cloudlets, flexible_cloudlets: size.flexible_cloudlets };
}

export function orderOf(draft: Draft, offer: NodeOffer): EnvironmentCreateRequest {
  const order: EnvironmentCreateRequest = { shortdomain: draft.shortdomain, nodes: draft.nodes.map((node) => nodeOf(node, offer)) };
  if (draft.name.trim() !== "") order.display_name = draft.name.trim();
  if (draft.region !== "") order.region = draft.region;
  const { labels } = labelsOf(draft.labels);
  if (Object.keys(labels).length > 0) order.metadata = labels;
  return order;
}

/** A short domain made from a name, as far as the name allows. */
export function suggestion(name: string): string {
  const plain = name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+/, "").slice(0, 32);
  return plain.replace(/-+$/, "");
}
