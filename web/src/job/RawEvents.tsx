import { Braces } from "lucide-react";
import { useState } from "react";

import type { NumberedEvent } from "@/data/jobEvents";
import { clock } from "@/text/time";
import { Button } from "@/ui/Button";
import { CopyId } from "@/ui/CopyId";
import { Panel } from "@/ui/Panel";

/** The job's events as they travelled. */
export function RawEvents({ events }: { events: readonly NumberedEvent[] }) {
  const [shown, setShown] = useState(false);
  return (
    <Panel
      title="Events"
      note={`${events.length} in the team's event log`}
      action={
        <Button look="quiet" small icon={<Braces size={13} aria-hidden />} aria-expanded={shown} onClick={() => setShown((now) => !now)}>
          {shown ? "Hide the JSON" : "Show the JSON"}
        </Button>
      }
    >
      <ol aria-label="Events" className="divide-y">
        {events.map(({ id, event, at }) => (
          <li key={id} className="px-4 py-2.5">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs">
              <CopyId value={id} name="event id" />
              <span className="min-w-0 flex-1 truncate text-sm">{event.message}</span>
              <time dateTime={new Date(at * 1_000).toISOString()} className="numbers text-muted">
                {clock(at)}
              </time>
            </div>
            {shown && (
              <pre tabIndex={0} aria-label={`Event ${id} as JSON`} className="mt-2 overflow-x-auto rounded-md border bg-sunken p-3 font-mono text-xs leading-5">
                {JSON.stringify(event, undefined, 2)}
              </pre>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  );
}
