import { CirclePlus, Trash2 } from "lucide-react";
import Link from "next/link";
import { memo } from "react";
import type { Job } from "slipway-client";

import { expectation } from "@/text/expectation";
import { jobKind, jobStatus } from "@/text/status";
import { Elapsed } from "@/ui/Elapsed";
import { StatusBadge } from "@/ui/StatusBadge";
import { Time } from "@/ui/Time";

/** A job in a list: what and which, how it stands, who and when, how long. */
export const JobRow = memo(function JobRow({ job, who }: { job: Job; who: string }) {
  const expected = expectation(job);
  const Icon = job.kind === "environment.delete" ? Trash2 : CirclePlus;
  return (
    <li data-job={job.id} className="offscreen-lazy relative flex items-center gap-x-4 px-4 py-3 hover:bg-hover max-sm:flex-wrap max-sm:gap-y-1">
      <Icon size={16} aria-hidden className="shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <Link href={`/job?id=${job.id}`} className="block truncate text-sm font-medium after:absolute after:inset-0">
          {job.env_name}
        </Link>
        <span className="block truncate text-xs text-muted">
          {jobKind(job.kind)} · <span className="font-mono">#{job.id}</span>
          {job.attempt > 1 && ` · attempt ${job.attempt}`}
          {expected !== undefined && ` · ${expected}`}
        </span>
      </div>
      <div className="shrink-0 sm:w-28">
        <StatusBadge shown={jobStatus(job.status)} />
      </div>
      <div className="w-20 shrink-0 text-right text-xs text-muted max-sm:hidden">
        <Elapsed from={job.created_at} to={job.ended_at} />
      </div>
      <div className="w-36 shrink-0 text-right text-xs text-muted max-sm:flex max-sm:w-full max-sm:gap-1 max-sm:pl-8 max-sm:text-left">
        <span className="block truncate text-text max-sm:text-muted">{who}</span>
        <span aria-hidden className="sm:hidden">
          ·
        </span>
        <Time at={job.created_at} />
      </div>
    </li>
  );
});
