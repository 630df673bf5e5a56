import { ScrollText } from "lucide-react";
import type { AuditEntry } from "slipway-client";

import { EmptyState } from "./EmptyState";
import { type Loading, Rows } from "./Rows";
import { Time } from "./Time";

function detailsOf(details: AuditEntry["details"]): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}

/** Acts of administration, the newest first. */
export function AuditRows({ loading, entries }: { loading: Loading; entries: readonly AuditEntry[] }) {
  const empty = (
    <EmptyState icon={ScrollText} title="Nothing was done yet">
      Changes to members, roles, tokens and the team are kept here.
    </EmptyState>
  );
  return (
    <Rows ordered label="Audit log" loading={loading} empty={empty}>
      {entries.map((entry) => (
        <li key={entry.id} className="offscreen-lazy flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-4 py-2.5 text-sm">
          <code className="text-xs font-medium">{entry.action}</code>
          <span className="min-w-0 flex-1 truncate text-muted" title={detailsOf(entry.details)}>
            {[entry.actor, entry.target && `→ ${entry.target}`, detailsOf(entry.details)].filter(Boolean).join(" · ")}
          </span>
          <span className="font-mono text-2xs text-faint">{entry.origin}</span>
          <span className="text-xs text-muted">
            <Time at={entry.occurred_at} />
          </span>
        </li>
      ))}
    </Rows>
  );
}
