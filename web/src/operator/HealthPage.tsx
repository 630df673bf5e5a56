import { CircleCheck, CircleX, type LucideIcon, TriangleAlert } from "lucide-react";
import type { CheckStatus } from "slipway-client";

import { useReadiness } from "@/data/platform";
import { Panel } from "@/ui/Panel";
import { Rows } from "@/ui/Rows";
import { StatusBadge } from "@/ui/StatusBadge";
import type { Tone } from "@/ui/Tone";

const SHOWN: Record<CheckStatus, { label: string; tone: Tone; icon: LucideIcon }> = {
  ok: { label: "OK", tone: "success", icon: CircleCheck },
  degraded: { label: "Degraded", tone: "waiting", icon: TriangleAlert },
  failed: { label: "Failed", tone: "failed", icon: CircleX },
};

export function HealthPage() {
  const list = useReadiness();
  return (
    <Panel title="Readiness" note="What the service stands on, asked every five seconds." action={list.data !== undefined && <StatusBadge shown={SHOWN[list.data.body.status]} />}>
      <Rows label="Parts" loading={list} sketched={3}>
        {(list.data?.body.checks ?? []).map((check) => (
          <li key={check.name} className="flex items-center gap-3 px-4 py-2.5 text-sm">
            <span className="min-w-0 flex-1">
              <span className="font-medium">{check.name}</span>
              {check.detail !== undefined && <span className="block text-xs text-muted">{check.detail}</span>}
            </span>
            <StatusBadge shown={SHOWN[check.status]} />
          </li>
        ))}
      </Rows>
    </Panel>
  );
}
