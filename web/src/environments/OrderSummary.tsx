import type { ReactNode } from "react";
import type { NodeOffer } from "slipway-client";

import { memory } from "./cloudlets";
import type { Draft, NodeDraft } from "./order";
import { Panel } from "@/ui/Panel";

/** What the order will make, and the buttons that send it. */
export function OrderSummary({ draft, offer, children }: { draft: Draft; offer: NodeOffer; children: ReactNode }) {
  const countOf = (node: NodeDraft): number => Math.max(0, Math.trunc(Number(node.count)) || 0);
  const total = (of: "fixed_cloudlets" | "flexible_cloudlets"): number =>
    draft.nodes.reduce((sum, node) => sum + countOf(node) * (offer.sizes.find(({ name }) => name === node.size)?.[of] ?? 0), 0);
  return (
    <Panel title="Your order" className="lg:sticky lg:top-7">
      <div className="space-y-4 p-4 text-sm">
        <div>
          <p className="truncate font-medium">{draft.name.trim() || draft.shortdomain || "No name yet"}</p>
          <p className="truncate font-mono text-xs text-muted">{draft.shortdomain || "short-domain"}</p>
        </div>
        <ul className="space-y-1.5">
          {draft.nodes.map((node) => (
            <li key={node.key} className="flex justify-between gap-3">
              <span className="truncate">{offer.types.find((type) => type.node_type === node.type)?.title ?? node.type}</span>
              <span className="numbers shrink-0 text-muted">
                {countOf(node)} × {node.size}
              </span>
            </li>
          ))}
        </ul>
        <dl className="space-y-1.5 border-t pt-3">
          <div className="flex justify-between gap-3">
            <dt className="text-muted">Reserved memory</dt>
            <dd className="numbers">{memory(total("fixed_cloudlets"))}</dd>
          </div>
          <div className="flex justify-between gap-3">
            <dt className="text-muted">May scale up to</dt>
            <dd className="numbers">{memory(total("flexible_cloudlets"))}</dd>
          </div>
        </dl>
        <div className="space-y-2">{children}</div>
      </div>
    </Panel>
  );
}
