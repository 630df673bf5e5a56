import type { AuditEntry, AuditPage as Page } from "slipway-client";

import { itemsOf } from "@/data/pages";
import { useTeamAudit } from "@/data/team";
import { AuditRows } from "@/ui/AuditRows";
import { Panel } from "@/ui/Panel";

export function AuditPage() {
  const list = useTeamAudit();
  return (
    <Panel title="Audit log" note="Who changed what in the administration of this team.">
      <AuditRows loading={list} entries={itemsOf<AuditEntry, Page>(list.data)} />
    </Panel>
  );
}
