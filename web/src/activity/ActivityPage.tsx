import { Activity } from "lucide-react";

import { ActivityRow } from "./ActivityRow";
import { useActivity } from "@/data/activity";
import { useNames } from "@/data/people";
import { useMay } from "@/data/session";
import { ButtonLink } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { Note } from "@/ui/Note";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { Rows } from "@/ui/Rows";

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
    <Panel>
      <Rows
        ordered
        label="Activity"
        loading={list}
        sketched={8}
        empty={
          <EmptyState icon={Activity} title="Nothing happened yet" action={<ButtonLink href="/environments">Go to the environments</ButtonLink>}>
            Orders, steps of jobs, and changes to the team appear here.
          </EmptyState>
        }
      >
        {list.items.map((item) => (
          <ActivityRow key={item.id} item={item} who={item.event.user_id === undefined ? undefined : nameOf(item.event.user_id)} />
        ))}
      </Rows>
    </Panel>
  );
}
