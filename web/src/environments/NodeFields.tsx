import type { NodeOffer } from "slipway-client";

import { memory } from "./cloudlets";
import type { NodeDraft } from "./order";
import { rulesOf } from "@/data/rules";
import { SelectField, TextField } from "@/ui/Field";

export function NodeFields({ node, offer, number, fault, onChange }: { node: NodeDraft; offer: NodeOffer; number: number; fault: string | undefined; onChange: (node: NodeDraft) => void }) {
  const { minimum, maximum } = rulesOf("NodeSpec", "count");
  return (
    <fieldset className="grid gap-4 sm:grid-cols-[1fr_1fr_5rem]">
      <legend className="sr-only">Node {number}</legend>
      <SelectField label="Software stack" value={node.type} onChange={(event) => onChange({ ...node, type: event.target.value })}>
        {offer.types.map((type) => (
          <option key={type.node_type} value={type.node_type}>
            {type.title}
          </option>
        ))}
      </SelectField>
      <SelectField label="Size" value={node.size} onChange={(event) => onChange({ ...node, size: event.target.value })}>
        {offer.sizes.map((size) => (
          <option key={size.name} value={size.name}>
            {size.name} · {memory(size.fixed_cloudlets)}, up to {memory(size.flexible_cloudlets)}
          </option>
        ))}
      </SelectField>
      <TextField label="Nodes" type="number" inputMode="numeric" min={minimum} max={maximum} value={node.count} error={fault} onChange={(event) => onChange({ ...node, count: event.target.value })} className="numbers" />
    </fieldset>
  );
}
