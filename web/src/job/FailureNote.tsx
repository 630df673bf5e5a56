import type { Job } from "slipway-client";

import { failureText } from "@/text/failures";
import { Note } from "@/ui/Note";

/** Why it failed, and what to do. */
export function FailureNote({ job }: { job: Job }) {
  const failure = failureText(job.error_code);
  return (
    <Note tone="failed" title={failure.title} role="status">
      <p>{job.message}.</p>
      <p className="mt-1">{failure.advice}</p>
      {job.error_code !== undefined && <p className="mt-1.5 font-mono text-2xs text-muted">{job.error_code}</p>}
    </Note>
  );
}
