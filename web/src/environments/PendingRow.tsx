import Link from "next/link";
import type { Job } from "slipway-client";

import { expectation } from "@/text/expectation";
import { environmentStatus } from "@/text/status";
import { StatusBadge } from "@/ui/StatusBadge";
import { Time } from "@/ui/Time";

/** An environment that is ordered and not there yet, as its job tells of it. */
export function PendingRow({ job }: { job: Job }) {
  const expected = expectation(job);
  return (
    <li className="relative flex items-center gap-4 bg-sunken px-4 py-3 hover:bg-hover max-sm:flex-wrap max-sm:gap-y-1.5">
      <div className="min-w-0 flex-1">
        <Link href={`/job?id=${job.id}`} className="block truncate text-sm font-medium after:absolute after:inset-0">
          {job.env_name}
        </Link>
        <span className="block truncate text-xs text-muted">{expected === undefined ? job.message : `${job.message} · ${expected}`}</span>
      </div>
      <div className="shrink-0 sm:w-28">
        <StatusBadge shown={environmentStatus("creating")} />
      </div>
      <div className="w-28 shrink-0 text-right text-xs text-muted max-sm:hidden">
        <Time at={job.created_at} />
      </div>
    </li>
  );
}
