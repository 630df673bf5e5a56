import { useMemo } from "react";
import type { Job } from "slipway-client";

import { ActivityRow } from "@/activity/ActivityRow";
import { useEventsOfJobs } from "@/data/jobEvents";
import { useNames } from "@/data/people";
import { jobKind } from "@/text/status";
import { Panel } from "@/ui/Panel";
import { Rows } from "@/ui/Rows";

/** An environment is created and deleted; more jobs than these are tries of it. */
const JOBS = 8;

/** What happened to the environment: the events of its latest jobs, as they happen. */
export function EnvironmentActivity({ jobs }: { jobs: readonly Job[] }) {
  const latest = useMemo(() => jobs.slice(0, JOBS), [jobs]);
  const ids = latest.map(({ id }) => id).join();
  const list = useEventsOfJobs(useMemo(() => ids.split(",").filter(Boolean).map(Number), [ids]));
  const nameOf = useNames();
  const kinds = new Map(latest.map(({ id, kind }) => [id, jobKind(kind)]));
  return (
    <Panel title="Activity" note="What happened to this environment, as it happens.">
      <Rows
        ordered
        label="Activity"
        loading={list}
        sketched={4}
        empty={<p className="px-4 py-3 text-sm text-muted">Nothing of it is in the event log any more; events are kept for a limited time.</p>}
      >
        {list.events.map(({ id, event, at }) => (
          <ActivityRow
            key={id}
            item={{ id, event, recorded_at_ms: at * 1_000 }}
            who={event.user_id === undefined ? undefined : nameOf(event.user_id)}
            named={kinds.get(event.job_id) ?? event.env_name}
          />
        ))}
      </Rows>
    </Panel>
  );
}
