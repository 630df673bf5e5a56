"use client";
import { MailCheck } from "lucide-react";
import type { DeadLetterQueue } from "slipway-client";

import { DeadLetterRow } from "./DeadLetterRow";
import { useDeadLetters } from "@/data/platform";
import { Button } from "@/ui/Button";
import { Choices } from "@/ui/Choices";
import { EmptyState } from "@/ui/EmptyState";
import { ProblemNote } from "@/ui/Note";
import { Panel } from "@/ui/Panel";
import { useParams } from "@/ui/params";
import { SkeletonRows } from "@/ui/Skeleton";

const QUEUES = [
  { value: "jobs", label: "Jobs" },
  { value: "events", label: "Events" },
];

export function DeadLettersPage() {
  const [search, change] = useParams();
  const queue: DeadLetterQueue = search.get("queue") === "events" ? "events" : "jobs";
  const { data, error, refetch } = useDeadLetters(queue);
  const more = data === undefined ? 0 : data.total - data.items.length;
  return (
    <Panel
      title="Dead letters"
      note="Messages that broke their contract, the oldest first. They stay here until you send them again or drop them."
      action={<Choices label="Queue" choices={QUEUES} value={queue} onChange={(value) => change({ queue: value })} />}
    >
      {error !== null && <div className="p-3"><ProblemNote error={error} action={<Button small onClick={() => void refetch()}>Try again</Button>} /></div>}
      {data === undefined && error === null && <SkeletonRows rows={3} />}
      {data?.items.length === 0 && (
        <EmptyState icon={MailCheck} title="Nothing here">
          Every message of this exchange was taken by its consumer.
        </EmptyState>
      )}
      <ul aria-label="Dead letters" className="divide-y">
        {data?.items.map((letter) => (
          <DeadLetterRow key={letter.id} letter={letter} />
        ))}
      </ul>
      {more > 0 && <p className="border-t px-4 py-3 text-xs text-muted">{more} more wait behind these.</p>}
    </Panel>
  );
}
