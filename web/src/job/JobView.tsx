"use client";
import { Ban } from "lucide-react";
import type { Job } from "slipway-client";

import { FailureNote } from "./FailureNote";
import { JobFacts } from "./JobFacts";
import { RawEvents } from "./RawEvents";
import { RelatedJobs } from "./RelatedJobs";
import { type Milestone, stepsOf } from "./steps";
import { Waterfall } from "./Waterfall";
import { useJobEvents } from "@/data/jobEvents";
import { useCancelJob } from "@/data/jobs";
import { useMay } from "@/data/session";
import { isTerminal } from "@/live/fold";
import { problemText } from "@/text/problems";
import { jobKind, jobStatus } from "@/text/status";
import { Button } from "@/ui/Button";
import { useNow } from "@/ui/Clock";
import { Elapsed } from "@/ui/Elapsed";
import { Note } from "@/ui/Note";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { StatusBadge } from "@/ui/StatusBadge";
import { Time } from "@/ui/Time";
import { useToast } from "@/ui/toasts";

export function JobView({ job }: { job: Job }) {
  const may = useMay();
  const toast = useToast();
  const cancel = useCancelJob();
  const events = useJobEvents(job);
  const over = isTerminal(job.status);
  const milestones: Milestone[] = events.map(({ event }) => ({ status: event.status, message: event.message, at: event.occurred_at }));
  const now = useNow(over ? 3_600 : 1);
  const end = job.ended_at ?? Math.max(now, job.updated_at);
  return (
    <>
      <PageHeader
        title={`Job ${job.id} · ${job.env_name}`}
        back={{ href: "/jobs", label: "Jobs" }}
        heading={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            {jobKind(job.kind)} <span className="text-muted">{job.env_name}</span>
            <StatusBadge shown={jobStatus(job.status)} />
          </span>
        }
        note={
          <span className="flex flex-wrap gap-x-1.5">
            <span>{job.message}</span>
            <span aria-hidden>·</span>
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
                onClick={() => cancel.mutate(job.id, { onError: (error) => toast({ tone: "failed", ...problemText(error) }) })}
              >
                {job.cancel_requested === true ? "Cancelling" : "Cancel"}
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
        <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_19rem]">
          <div className="min-w-0 space-y-4">
            <Panel title="Steps">
              <Waterfall steps={stepsOf(milestones)} end={end} />
            </Panel>
            <RawEvents events={events} />
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

