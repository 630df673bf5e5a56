"use client";
import { ListChecks, SearchX } from "lucide-react";
import { useCallback, useMemo } from "react";
import type { Job, JobPage } from "slipway-client";

import { belongs, isFiltered, jobFilter } from "./filter";
import { JobRow } from "./JobRow";
import { useJobs } from "@/data/jobs";
import { itemsOf } from "@/data/pages";
import { useNames } from "@/data/people";
import { Button, ButtonLink } from "@/ui/Button";
import { Choices } from "@/ui/Choices";
import { EmptyState } from "@/ui/EmptyState";
import { MoreRows } from "@/ui/MoreRows";
import { ProblemNote } from "@/ui/Note";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { useParams } from "@/ui/params";
import { SearchBox } from "@/ui/SearchBox";
import { SkeletonRows } from "@/ui/Skeleton";

const STATUSES = [
  { value: "", label: "All" },
  { value: "queued", label: "Queued" },
  { value: "started", label: "Started" },
  { value: "polling", label: "In progress" },
  { value: "completed", label: "Completed" },
  { value: "failed", label: "Failed" },
  { value: "cancelled", label: "Cancelled" },
];

const KINDS = [
  { value: "", label: "All kinds" },
  { value: "environment.create", label: "Create" },
  { value: "environment.delete", label: "Delete" },
];

export function JobsPage() {
  const [search, change] = useParams();
  const filter = useMemo(() => jobFilter(search), [search]);
  const list = useJobs(filter);
  const nameOf = useNames();
  const items = useMemo(() => itemsOf<Job, JobPage>(list.data).filter((job) => belongs(job, filter)), [list.data, filter]);
  const onText = useCallback((q: string) => change({ q }), [change]);
  return (
    <>
      <PageHeader title="Jobs" note="Every order and deletion, and how it went." />
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <SearchBox label="Search by environment or number" value={search.get("q") ?? ""} onChange={onText} />
        <Choices label="Status" choices={STATUSES} value={filter.status ?? ""} onChange={(status) => change({ status })} />
        <Choices label="Kind" choices={KINDS} value={filter.kind ?? ""} onChange={(kind) => change({ kind })} />
      </div>
      {list.error !== null && (
        <div className="mb-3">
          <ProblemNote error={list.error} action={<Button small onClick={() => void list.refetch()}>Try again</Button>} />
        </div>
      )}
      <Panel>
        {list.isPending && list.error === null && <SkeletonRows rows={8} />}
        {items.length > 0 && (
          <ul aria-label="Jobs" className="divide-y">
            {items.map((job) => (
              <JobRow key={job.id} job={job} who={job.user_name ?? nameOf(job.user_id)} />
            ))}
          </ul>
        )}
        {list.data !== undefined && items.length === 0 && !list.hasNextPage && (
          isFiltered(filter) ? (
            <EmptyState icon={SearchX} title="No job matches" action={<Button onClick={() => change({ q: undefined, status: undefined, kind: undefined })}>Clear the filters</Button>}>
              Try another name, or look at all statuses.
            </EmptyState>
          ) : (
            <EmptyState icon={ListChecks} title="No jobs yet" action={<ButtonLink href="/environments">Go to the environments</ButtonLink>}>
              Each order and each deletion of an environment is a job. They appear here as they happen.
            </EmptyState>
          )
        )}
        <MoreRows more={list.hasNextPage} loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
      </Panel>
    </>
  );
}
