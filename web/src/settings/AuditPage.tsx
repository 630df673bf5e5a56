"use client";
import type { AuditEntry, AuditPage as Page } from "slipway-client";

import { itemsOf } from "@/data/pages";
import { useTeamAudit } from "@/data/team";
import { AuditList } from "@/ui/AuditList";
import { Button } from "@/ui/Button";
import { MoreRows } from "@/ui/MoreRows";
import { ProblemNote } from "@/ui/Note";
import { Panel } from "@/ui/Panel";
import { SkeletonRows } from "@/ui/Skeleton";

export function AuditPage() {
  const list = useTeamAudit();
  return (
    <Panel title="Audit log" note="Who changed what in the administration of this team.">
      {list.error !== null && <div className="p-3"><ProblemNote error={list.error} action={<Button small onClick={() => void list.refetch()}>Try again</Button>} /></div>}
      {list.isPending && list.error === null && <SkeletonRows />}
      {list.data !== undefined && <AuditList entries={itemsOf<AuditEntry, Page>(list.data)} />}
      <MoreRows more={list.hasNextPage} loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
    </Panel>
  );
}
