import { useMemo } from "react";
import type { Environment, Job, JobPage } from "slipway-client";

import { EnvironmentActivity } from "./EnvironmentActivity";
import { useJobs } from "@/data/jobs";
import { itemsOf } from "@/data/pages";
import { useNames } from "@/data/people";
import { JobRow } from "@/jobs/JobRow";
import { Panel } from "@/ui/Panel";
import { Rows } from "@/ui/Rows";

/** What was done with the environment, and what happened thereby. */
export function EnvironmentJobs({ environment }: { environment: Environment }) {
  const filter = useMemo(() => ({ environment: environment.env_name }), [environment.env_name]);
  const list = useJobs(filter);
  const nameOf = useNames();
  const jobs = useMemo(() => itemsOf<Job, JobPage>(list.data), [list.data]);
  return (
    <div className="min-w-0 space-y-4">
      <Panel title="Jobs" note="What was done with this environment.">
        <Rows label="Jobs" loading={list} sketched={2}>
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} who={job.user_name ?? nameOf(job.user_id)} />
          ))}
        </Rows>
      </Panel>
      {list.data !== undefined && <EnvironmentActivity jobs={jobs} />}
    </div>
  );
}
