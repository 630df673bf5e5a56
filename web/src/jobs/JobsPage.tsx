import { ListChecks } from "lucide-react";
import { useMemo } from "react";
import type { Job, JobPage } from "slipway-client";

import { belongs, isFiltered, jobFilter } from "./filter";
import { JobRow } from "./JobRow";
import { useJobs } from "@/data/jobs";
import { itemsOf } from "@/data/pages";
import { useNames } from "@/data/people";
import { ButtonLink } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { FilteredList } from "@/ui/FilteredList";
import { useParams } from "@/ui/params";

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
  return (
    <FilteredList
      title="Jobs"
      note="Every order and deletion, and how it went."
      noun="job"
      search={{ label: "Search by environment or number", value: search.get("q") ?? "" }}
      filters={[
        { name: "status", label: "Status", choices: STATUSES, value: filter.status ?? "" },
        { name: "kind", label: "Kind", choices: KINDS, value: filter.kind ?? "" },
      ]}
      narrowed={isFiltered(filter)}
      onChange={change}
      loading={list}
      empty={
        <EmptyState icon={ListChecks} title="No jobs yet" action={<ButtonLink href="/environments">Go to the environments</ButtonLink>}>
          Each order and each deletion of an environment is a job. They appear here as they happen.
        </EmptyState>
      }
    >
      {items.map((job) => (
        <JobRow key={job.id} job={job} who={job.user_name ?? nameOf(job.user_id)} />
      ))}
    </FilteredList>
  );
}
