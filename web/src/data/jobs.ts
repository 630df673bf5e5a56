/** Jobs: lists and single ones, true at a position and kept current from there. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Job, JobPage } from "slipway-client";

import { client } from "./client";
import { keys } from "./keys";
import { nextPage } from "./pages";
import { belongs, type JobFilter, listArguments } from "@/jobs/filter";
import { afterEvent, withJob } from "@/live/fold";
import { recent } from "@/live/recent";
import { isUnbegun } from "@/text/expectation";

const PAGE = 50;
/** Places in the queue change without an event, so they are asked for again: milliseconds. */
const PLACES_AGAIN = 5_000;
/** A list that was paged further than this is not loaded anew for its places. */
const PAGES_AGAIN = 2;

/** The page with what the stream told after the position at which it is true. */
function brought(page: JobPage, filter: JobFilter): JobPage {
  const items = (recent.after(page.last_event_id) ?? []).reduce<Job[]>((jobs, { event }) => {
    const job = event.type === "job_status" ? jobs.find(({ id }) => id === event.job_id) : undefined;
    if (job === undefined || event.type !== "job_status") return jobs;
    return withJob(jobs, afterEvent(job, event), (changed) => belongs(changed, filter));
  }, page.items);
  return { ...page, items };
}

export function useJobs(filter: JobFilter) {
  return useInfiniteQuery({
    queryKey: keys.jobs(filter),
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => brought(await client.listJobs({ ...listArguments(filter), cursor: pageParam, limit: PAGE }, { signal }), filter),
    getNextPageParam: nextPage,
    refetchInterval: ({ state: { data } }) => {
      const few = data !== undefined && data.pages.length <= PAGES_AGAIN;
      return few && data.pages.some(({ items }) => items.some(isUnbegun)) ? PLACES_AGAIN : false;
    },
  });
}

/** The job with what the stream told after the position at which it is true. */
function broughtJob(job: Job): Job {
  const told = job.last_event_id === undefined ? [] : (recent.after(job.last_event_id) ?? []);
  return told.reduce((now, { event }) => (event.type === "job_status" ? afterEvent(now, event) : now), job);
}

export function useJob(id: number) {
  return useQuery({
    queryKey: keys.job(id),
    queryFn: async ({ signal }) => broughtJob(await client.getJob({ jobId: id }, { signal })),
    refetchInterval: ({ state: { data } }) => (data !== undefined && isUnbegun(data) ? PLACES_AGAIN : false),
  });
}

export function useCancelJob() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => client.cancelJob({ jobId: id }),
    onSuccess: (job) => queries.setQueryData<Job>(keys.job(job.id), (known) => ({ ...known, ...job })),
  });
}

export function useRetryJob() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => client.retryJob({ jobId: id }),
    onSuccess: (_, id) => queries.invalidateQueries({ queryKey: keys.job(id) }),
  });
}
