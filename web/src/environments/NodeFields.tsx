"use client";
import type { NodeDraft } from "./order";
import { memory, SIZES, STACKS } from "./stacks";
import { rulesOf } from "@/data/rules";
import { SelectField, TextField } from "@/ui/Field";

export function NodeFields({ node, number, fault, onChange }: { node: NodeDraft; number: number; fault: string | undefined; onChange: (node: NodeDraft) => void }) {
  const { minimum, maximum } = rulesOf("NodeSpec", "count");
  return (
    <fieldset className="grid gap-4 sm:grid-cols-[1fr_1fr_5rem]">
      <legend className="sr-only">Node {number}</legend>
      <SelectField label="Software stack" value={node.type} onChange={(event) => onChange({ ...node, type: event.target.value })}>
        {STACKS.map((stack) => (
          <option key={stack.type} value={stack.type}>
            {stack.label} · {stack.note}
          </option>
        ))}
      </SelectField>
      <SelectField label="Size" value={node.size} onChange={(event) => onChange({ ...node, size: event.target.value })}>
        {SIZES.map((size) => (
          <option key={size.key} value={size.key}>
            {size.label} · {memory(size.fixed)}, up to {memory(size.flexible)}
          </option>
        ))}
      </SelectField>
      <TextField label="Nodes" type="number" inputMode="numeric" min={minimum} max={maximum} value={node.count} error={fault} onChange={(event) => onChange({ ...node, count: event.target.value })} className="numbers" />
    </fieldset>
  );
}
