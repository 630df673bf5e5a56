"use client";
import { Activity } from "lucide-react";

import { ActivityRow } from "./ActivityRow";
import { useActivity } from "@/data/activity";
import { useNames } from "@/data/people";
import { useMay } from "@/data/session";
import { Button, ButtonLink } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { MoreRows } from "@/ui/MoreRows";
import { Note, ProblemNote } from "@/ui/Note";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { SkeletonRows } from "@/ui/Skeleton";

export function ActivityPage() {
  const may = useMay();
  return (
    <>
      <PageHeader title="Activity" note="Everything that happens in the team, as it happens." />
      {may("events:read") ? <Feed /> : <Note tone="waiting" title="You cannot see this">Your role in this team does not include its events.</Note>}
    </>
  );
}

function Feed() {
  const list = useActivity();
  const nameOf = useNames();
  return (
    <>
      {list.error !== null && (
        <div className="mb-3">
          <ProblemNote error={list.error} action={<Button small onClick={() => void list.refetch()}>Try again</Button>} />
        </div>
      )}
      <Panel>
        {list.isPending && list.error === null && <SkeletonRows rows={8} />}
        {list.items.length > 0 && (
          <ol aria-label="Activity" className="divide-y">
            {list.items.map((item) => (
              <ActivityRow key={item.id} item={item} who={item.event.user_id === undefined ? undefined : nameOf(item.event.user_id)} />
            ))}
          </ol>
        )}
        {list.data !== undefined && list.items.length === 0 && (
          <EmptyState icon={Activity} title="Nothing happened yet" action={<ButtonLink href="/environments">Go to the environments</ButtonLink>}>
            Orders, steps of jobs, and changes to the team appear here.
          </EmptyState>
        )}
        <MoreRows more={list.hasNextPage} loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
      </Panel>
    </>
  );
}
