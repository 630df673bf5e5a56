import Link from "next/link";
import { useMemo } from "react";
import type { Job, JobPage } from "slipway-client";

import { useJobs } from "@/data/jobs";
import { itemsOf } from "@/data/pages";
import { jobKind, jobStatus } from "@/text/status";
import { Panel } from "@/ui/Panel";
import { StatusBadge } from "@/ui/StatusBadge";
import { Time } from "@/ui/Time";

/** The other jobs of the same environment name. */
export function RelatedJobs({ job }: { job: Job }) {
  const filter = useMemo(() => ({ environment: job.env_name }), [job.env_name]);
  const { data } = useJobs(filter);
  const others = itemsOf<Job, JobPage>(data).filter((other) => other.id !== job.id);
  if (others.length === 0) return null;
  return (
    <Panel title="Other jobs of this environment">
      <ul className="divide-y">
        {others.slice(0, 8).map((other) => (
          <li key={other.id} className="relative flex items-center justify-between gap-3 px-4 py-2.5 text-sm hover:bg-hover">
            <div className="min-w-0">
              <Link href={`/job?id=${other.id}`} className="block truncate after:absolute after:inset-0">
                {jobKind(other.kind)}
              </Link>
              <span className="text-xs text-muted">
                <span className="font-mono">#{other.id}</span> · <Time at={other.created_at} />
              </span>
            </div>
            <StatusBadge shown={jobStatus(other.status)} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
