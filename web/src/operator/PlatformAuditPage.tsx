import type { AuditEntry, AuditPage } from "slipway-client";

import { itemsOf } from "@/data/pages";
import { usePlatformAudit } from "@/data/platform";
import { AuditRows } from "@/ui/AuditRows";
import { Panel } from "@/ui/Panel";

export function PlatformAuditPage() {
  const list = usePlatformAudit();
  return (
    <Panel title="Audit log" note="What was done in all teams and by operators.">
      <AuditRows loading={list} entries={itemsOf<AuditEntry, AuditPage>(list.data)} />
    </Panel>
  );
}
