/** Tells what should not be missed: endings of jobs (counted in the page's title while nobody looks) and further sign-ins. */
import { useCallback } from "react";
import type { JobStatusEvent, StreamEventsFrame } from "slipway-client";

import { countEnding } from "./pageTitle";
import { isTerminal } from "@/live/fold";
import { type Toast, useToast } from "@/ui/toasts";

function toastOf(event: JobStatusEvent): Toast {
  const href = `/job?id=${event.job_id}`;
  if (event.status === "completed") return { tone: "success", title: `${event.env_name}: ${event.message}`, href };
  if (event.status === "failed") return { tone: "failed", title: `${event.env_name}: job ${event.job_id} failed`, detail: event.message, href };
  return { tone: "neutral", title: `${event.env_name}: job ${event.job_id} was cancelled`, href };
}

export function useEndings(): (frame: StreamEventsFrame) => void {
  const toast = useToast();
  return useCallback(
    (frame) => {
      if (frame.event === "message" && frame.data.type === "concurrent_login_requested" && frame.data.request_id === undefined) {
        toast({ tone: "neutral", title: "Somebody signed in as you", detail: "If that was not you, end the session and change the password.", href: "/settings/sessions" });
      }
      if (frame.event !== "message" || frame.data.type !== "job_status" || !isTerminal(frame.data.status)) return;
      toast(toastOf(frame.data));
      countEnding();
    },
    [toast],
  );
}
