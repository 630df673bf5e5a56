import { ChevronRight } from "lucide-react";
import dynamic from "next/dynamic";
import { useId, useState } from "react";
import type { DeadLetter } from "slipway-client";

import { useDeadLetter, useDrop, useRequeue } from "@/data/platform";
import { problemText } from "@/text/problems";
import { Button } from "@/ui/Button";
import { CopyId } from "@/ui/CopyId";
import { cx } from "@/ui/cx";
import { Facts } from "@/ui/Facts";
import { ProblemNote } from "@/ui/Note";
import { Spinner } from "@/ui/Spinner";
import { useToast } from "@/ui/toasts";

const ConfirmDialog = dynamic(() => import("@/ui/ConfirmDialog").then((module) => module.ConfirmDialog), { ssr: false });

export function DeadLetterRow({ letter }: { letter: DeadLetter }) {
  const [open, setOpen] = useState(false);
  const [dropping, setDropping] = useState(false);
  const requeue = useRequeue(letter.queue);
  const drop = useDrop(letter.queue);
  const toast = useToast();
  const region = useId();
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <button type="button" aria-expanded={open} aria-controls={region} onClick={() => setOpen((now) => !now)} className="flex min-w-0 flex-1 items-start gap-2 text-left">
          <ChevronRight size={15} aria-hidden className={cx("mt-0.5 shrink-0 text-muted transition-transform", open && "rotate-90")} />
          <span className="min-w-0">
            <span className="block truncate text-sm font-medium">{letter.detail}</span>
            <span className="block truncate font-mono text-xs text-muted">
              {letter.exchange} · {letter.routing_key} · {letter.rule}
            </span>
          </span>
        </button>
        <Button
          small
          busy={requeue.isPending}
          onClick={() =>
            requeue.mutate(letter.id, {
              onSuccess: () => toast({ tone: "success", title: "The message was sent again" }),
              onError: (error) => toast({ tone: "failed", ...problemText(error) }),
            })
          }
        >
          Send again
        </Button>
        <Button small look="danger" onClick={() => setDropping(true)}>
          Drop
        </Button>
      </div>
      {open && (
        <div id={region} className="mt-3 space-y-3 pl-6">
          <Details letter={letter} />
        </div>
      )}
      {dropping && (
        <ConfirmDialog title="Drop this message?" description="It is removed for good. The audit log tells who did it." confirm="Drop" busy={drop.isPending} error={drop.error} onClose={() => setDropping(false)} onConfirm={() => drop.mutate(letter.id, { onSuccess: () => setDropping(false) })} />
      )}
    </li>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return body;
  }
}

function Details({ letter }: { letter: DeadLetter }) {
  const { data, error } = useDeadLetter(letter.queue, letter.id);
  return (
    <>
      <Facts
        facts={[
          ["Message", <CopyId key="id" value={letter.id} name="message id" />],
          ["Place", <code key="place" className="font-mono text-xs">{letter.pointer || "/"}</code>],
          letter.contract_version === undefined ? undefined : ["Contract", letter.contract_version],
          ["Size", `${letter.size} bytes`],
        ]}
      />
      {error !== null && <ProblemNote error={error} />}
      {data === undefined && error === null && <Spinner />}
      {data !== undefined &&
        (data.body === undefined ? (
          <p className="text-xs text-muted">The body is no JSON, or too long to be shown.</p>
        ) : (
          <pre tabIndex={0} aria-label="Body of the message" className="max-h-96 overflow-auto rounded-md border bg-sunken p-3 font-mono text-xs leading-5">
            {pretty(data.body)}
          </pre>
        ))}
    </>
  );
}
