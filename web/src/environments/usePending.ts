import { useMemo } from "react";
import type { Environment, Job, JobPage } from "slipway-client";

import type { EnvironmentFilter } from "./filter";
import { useJobs } from "@/data/jobs";
import { itemsOf } from "@/data/pages";
import type { JobFilter } from "@/jobs/filter";
import { isTerminal } from "@/live/fold";

/** The orders at work whose environments are not among the known ones, where the filter lets them be seen. */
export function usePending(filter: EnvironmentFilter, known: readonly Environment[]): Job[] {
  const orders = useMemo<JobFilter>(() => ({ kind: "environment.create" }), []);
  const { data } = useJobs(orders);
  return useMemo(() => {
    if (filter.status !== undefined && filter.status !== "creating") return [];
    const names = new Set(known.map((environment) => environment.job_id));
    return itemsOf<Job, JobPage>(data).filter(
      (job) => !isTerminal(job.status) && !names.has(job.id) && (filter.text === undefined || job.env_name.includes(filter.text)),
    );
  }, [data, filter, known]);
}
