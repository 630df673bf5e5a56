import { Server } from "lucide-react";
import type { NodeSpec } from "slipway-client";

import { memory } from "./cloudlets";
import { useNodeTypes } from "@/data/environments";
import { Panel } from "@/ui/Panel";

/** What runs in an environment. */
export function Nodes({ nodes }: { nodes: readonly NodeSpec[] }) {
  const { data } = useNodeTypes();
  const titleOf = (type: string): string => data?.types.find((known) => known.node_type === type)?.title ?? type;
  return (
    <Panel title="Nodes">
      <ul className="divide-y">
        {nodes.map((node, index) => (
          <li key={index} className="flex items-center gap-3 px-4 py-2.5 text-sm">
            <Server size={15} aria-hidden className="shrink-0 text-muted" />
            <div className="min-w-0 flex-1">
              <p className="truncate">{titleOf(node.node_type)}</p>
              <p className="numbers text-xs text-muted">
                {memory(node.fixed_cloudlets ?? 1)}, up to {memory(node.flexible_cloudlets ?? 8)}
              </p>
            </div>
            <span className="numbers text-xs text-muted">× {node.count ?? 1}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
