import { MailCheck } from "lucide-react";
import type { DeadLetterQueue } from "slipway-client";

import { DeadLetterRow } from "./DeadLetterRow";
import { useDeadLetters } from "@/data/platform";
import { Choices } from "@/ui/Choices";
import { EmptyState } from "@/ui/EmptyState";
import { Panel } from "@/ui/Panel";
import { useParams } from "@/ui/params";
import { Rows } from "@/ui/Rows";

const QUEUES = [
  { value: "jobs", label: "Jobs" },
  { value: "events", label: "Events" },
];

export function DeadLettersPage() {
  const [search, change] = useParams();
  const queue: DeadLetterQueue = search.get("queue") === "events" ? "events" : "jobs";
  const list = useDeadLetters(queue);
  const more = list.data === undefined ? 0 : list.data.total - list.data.items.length;
  return (
    <Panel
      title="Dead letters"
      note="Messages that broke their contract, the oldest first. They stay here until you send them again or drop them."
      action={<Choices label="Queue" choices={QUEUES} value={queue} onChange={(value) => change({ queue: value })} />}
    >
      <Rows
        label="Dead letters"
        loading={list}
        sketched={3}
        empty={
          <EmptyState icon={MailCheck} title="Nothing here">
            Every message of this exchange was taken by its consumer.
          </EmptyState>
        }
      >
        {(list.data?.items ?? []).map((letter) => (
          <DeadLetterRow key={letter.id} letter={letter} />
        ))}
      </Rows>
      {more > 0 && <p className="border-t px-4 py-3 text-xs text-muted">{more} more wait behind these.</p>}
    </Panel>
  );
}
