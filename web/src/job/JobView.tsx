import { Ban, RotateCcw } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/router";
import { useMemo } from "react";
import type { Job } from "slipway-client";

import { JobFacts } from "./JobFacts";
import { JobInput } from "./JobInput";
import { Outlook } from "./Outlook";
import { RawEvents } from "./RawEvents";
import { RelatedJobs } from "./RelatedJobs";
import { attemptsOf, milestonesOf, stepsOf, totals } from "./steps";
import { Waterfall } from "./Waterfall";
import { useJobEvents } from "@/data/jobEvents";
import { useCancelJob, useRetryJob } from "@/data/jobs";
import { isActive, useMay, useSession } from "@/data/session";
import { isTerminal } from "@/live/fold";
import { problemText } from "@/text/problems";
import { jobKind, jobStatus } from "@/text/status";
import { duration } from "@/text/time";
import { Button } from "@/ui/Button";
import { useNow } from "@/ui/Clock";
import { Elapsed } from "@/ui/Elapsed";
import { Note } from "@/ui/Note";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { LoadProblem } from "@/ui/Rows";
import { SkeletonRows } from "@/ui/Skeleton";
import { StatusBadge } from "@/ui/StatusBadge";
import { Time } from "@/ui/Time";
import { useToast } from "@/ui/toasts";

const FailureNote = dynamic(() => import("./FailureNote").then((module) => module.FailureNote), { ssr: false });

export function JobView({ job }: { job: Job }) {
  const may = useMay();
  const toast = useToast();
  const cancel = useCancelJob();
  const retry = useRetryJob();
  const me = useSession();
  const router = useRouter();
  const log = useJobEvents(job.id);
  const over = isTerminal(job.status);
  const milestones = useMemo(() => milestonesOf(log.events), [log.events]);
  const now = useNow(over ? 3_600 : 1);
  const last = milestones.at(-1)?.at ?? job.updated_at;
  const end = over ? last : Math.max(now, last);
  const steps = useMemo(() => stepsOf(milestones), [milestones]);
  const { queued, working } = totals(steps, end);
  const attempts = attemptsOf(steps);
  const summary = `${duration(queued)} in the queue, ${duration(working)} at work${attempts > 1 ? `, ${attempts} attempts` : ""}`;
  const fail = (error: unknown): void => toast({ tone: "failed", ...problemText(error) });
  return (
    <>
      <PageHeader
        title={`Job ${job.id} · ${job.env_name}`}
        back={{ href: "/jobs", label: "Jobs" }}
        heading={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            {jobKind(job.kind)} <span className="text-muted">{job.env_name}</span>
            <span role="status">
              <StatusBadge shown={jobStatus(job.status)} />
            </span>
          </span>
        }
        note={
          <span className="flex flex-wrap gap-x-1.5">
            {/* Why it failed stands below, with what to do. */}
            {job.status !== "failed" && (
              <>
                <span>{job.message}</span>
                <span aria-hidden>·</span>
              </>
            )}
            <Elapsed from={job.created_at} to={job.ended_at} />
            <span aria-hidden>·</span>
            <Time at={job.created_at} />
          </span>
        }
        actions={
          <>
            {!over && may("jobs:cancel") && (
              <Button
                look="danger"
                icon={<Ban size={14} aria-hidden />}
                busy={cancel.isPending}
                disabled={job.cancel_requested === true}
                onClick={() => cancel.mutate(job.id, { onError: fail })}
              >
                {job.cancel_requested === true ? "Cancelling" : "Cancel"}
              </Button>
            )}
            {job.status === "failed" && job.retried_by === undefined && may("environments:write") && isActive(me) && (
              <Button
                look="primary"
                icon={<RotateCcw size={14} aria-hidden />}
                busy={retry.isPending}
                onClick={() => retry.mutate(job.id, { onError: fail, onSuccess: ({ body }) => router.push(`/job?id=${body.job_id}`) })}
              >
                Retry
              </Button>
            )}
          </>
        }
      />
      <div className="space-y-4">
        {job.status === "failed" && <FailureNote job={job} />}
        {job.cancel_requested === true && !over && (
          <Note tone="waiting" title="This job is being cancelled" role="status">
            What was created at the provider is removed first.
          </Note>
        )}
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_19rem]">
          <div className="min-w-0 space-y-4">
            <Panel title="Steps" note={summary}>
              <Outlook job={job} />
              {log.error !== null && <div className="p-3"><LoadProblem loading={log} /></div>}
              {log.isPending && log.error === null && log.events.length === 0 ? <SkeletonRows rows={3} /> : <Waterfall steps={steps} end={end} />}
              {!log.complete && <p className="border-t px-4 py-2 text-xs text-muted">The beginning is no longer in the event log; events are kept for a limited time.</p>}
            </Panel>
            <RawEvents events={log.events} />
            {job.input !== undefined && <JobInput input={job.input} />}
          </div>
          <div className="space-y-4">
            <JobFacts job={job} />
            <RelatedJobs job={job} />
          </div>
        </div>
      </div>
    </>
  );
}

