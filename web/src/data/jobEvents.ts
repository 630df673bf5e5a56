"use client";
/** A job's events. */
import type { EventId, Job, JobStatusEvent } from "slipway-client";

import { recent } from "@/live/recent";

export interface NumberedEvent {
  id: EventId;
  event: JobStatusEvent;
}

/** The events of the job that are known here, the oldest first. */
export function useJobEvents(job: Job): readonly NumberedEvent[] {
  return recent.all.flatMap(({ id, event }) => (event.type === "job_status" && event.job_id === job.id ? [{ id, event }] : []));
}
