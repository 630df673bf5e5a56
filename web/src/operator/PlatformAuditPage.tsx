"use client";
import type { AuditEntry, AuditPage } from "slipway-client";

import { itemsOf } from "@/data/pages";
import { usePlatformAudit } from "@/data/platform";
import { AuditList } from "@/ui/AuditList";
import { Button } from "@/ui/Button";
import { MoreRows } from "@/ui/MoreRows";
import { ProblemNote } from "@/ui/Note";
import { Panel } from "@/ui/Panel";
import { SkeletonRows } from "@/ui/Skeleton";

export function PlatformAuditPage() {
  const list = usePlatformAudit();
  return (
    <Panel title="Audit log" note="What was done in all teams and by operators.">
      {list.error !== null && <div className="p-3"><ProblemNote error={list.error} action={<Button small onClick={() => void list.refetch()}>Try again</Button>} /></div>}
      {list.isPending && list.error === null && <SkeletonRows />}
      {list.data !== undefined && <AuditList entries={itemsOf<AuditEntry, AuditPage>(list.data)} />}
      <MoreRows more={list.hasNextPage} loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
    </Panel>
  );
}
