import Link from "next/link";
import type { Job } from "slipway-client";

import { useNames } from "@/data/people";
import { CopyId } from "@/ui/CopyId";
import { Elapsed } from "@/ui/Elapsed";
import { Facts } from "@/ui/Facts";
import { Panel } from "@/ui/Panel";
import { Time } from "@/ui/Time";

export function JobFacts({ job }: { job: Job }) {
  const nameOf = useNames();
  return (
    <Panel title="Details">
      <div className="p-4">
        <Facts
          facts={[
            ["Job", <CopyId key="id" value={String(job.id)} name="job id" />],
            job.environment_id === undefined
              ? ["Environment", job.env_name]
              : [
                  "Environment",
                  <Link key="environment" href={`/environment?id=${job.environment_id}`} className="font-medium text-accent-text hover:underline">
                    {job.env_name}
                  </Link>,
                ],
            job.app_id === undefined ? undefined : ["Provider id", <CopyId key="app" value={job.app_id} name="provider id" />],
            ["Ordered by", job.user_name ?? nameOf(job.user_id)],
            ["Ordered", <Time key="created" at={job.created_at} />],
            job.ended_at === undefined ? undefined : ["Ended", <Time key="ended" at={job.ended_at} />],
            ["Duration", <Elapsed key="took" from={job.created_at} to={job.ended_at} />],
            job.retry_of === undefined ? undefined : ["Retry of", <JobLink key="of" id={job.retry_of} />],
            job.retried_by === undefined ? undefined : ["Retried by", <JobLink key="by" id={job.retried_by} />],
            ["Attempts", <span key="attempts" className="numbers">{job.attempt}</span>],
          ]}
        />
      </div>
    </Panel>
  );
}

function JobLink({ id }: { id: number }) {
  return (
    <Link href={`/job?id=${id}`} className="font-medium text-accent-text hover:underline">
      Job {id}
    </Link>
  );
}
