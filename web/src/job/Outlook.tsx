import type { Job, UsualSeconds } from "slipway-client";

import { isAtWork, isUnbegun, placeText, progress, usualText } from "@/text/expectation";
import { duration } from "@/text/time";
import { useNow } from "@/ui/Clock";

/** What to expect of a job that has not ended: its place in the queue, then how long is usual. */
export function Outlook({ job }: { job: Job }) {
  const { usual_seconds: usual, started_at: begun } = job;
  if (isUnbegun(job)) return <Waiting place={job.queue && placeText(job.queue)} usual={usual} />;
  return isAtWork(job) && usual !== undefined && begun !== undefined ? <AtWork begun={begun} usual={usual} /> : null;
}

function Waiting({ place, usual }: { place: string | undefined; usual: UsualSeconds | undefined }) {
  const once = usual === undefined ? undefined : `Usually ${usualText(usual)} once begun`;
  if (place === undefined && once === undefined) return null;
  return (
    <p data-testid="outlook" className="numbers flex flex-wrap gap-x-1.5 border-b px-4 py-2.5 text-sm text-muted">
      {place !== undefined && <span className="font-medium text-text">In the queue: {place}</span>}
      {place !== undefined && once !== undefined && <span aria-hidden>·</span>}
      {once}
    </p>
  );
}

function AtWork({ begun, usual }: { begun: number; usual: UsualSeconds }) {
  const spent = Math.max(0, useNow() - begun);
  const late = spent > usual.high;
  const said = late ? `Longer than the usual ${usualText(usual)}` : `Usually ${usualText(usual)}`;
  return (
    <div data-testid="outlook" className="border-b px-4 py-2.5 text-sm">
      <p className="flex flex-wrap justify-between gap-x-4 text-muted">
        <span className={late ? "font-medium text-text" : undefined}>{said}</span>
        <span className="numbers">{duration(spent)} so far</span>
      </p>
      {/* Without a value: how far it is, nobody knows. */}
      <div role="progressbar" aria-label="At work" aria-valuetext={said} className="mt-1.5 h-1.5 overflow-hidden rounded-full bg-sunken">
        <div className="at-work h-full rounded-full bg-running-line transition-[width] duration-1000 ease-linear" style={{ width: `${progress(spent, usual) * 100}%` }} />
      </div>
    </div>
  );
}
