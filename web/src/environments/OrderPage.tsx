import { ChevronRight, Plus, X } from "lucide-react";
import { useRouter } from "next/router";
import { type FormEvent, useRef, useState } from "react";
import { type NodeOffer, ProblemError } from "slipway-client";

import { NodeFields } from "./NodeFields";
import { type Draft, emptyDraft, faultsOf, firstNode, type NodeDraft, orderOf, suggestion } from "./order";
import { OrderSummary } from "./OrderSummary";
import { useNodeTypes, useOrder } from "@/data/environments";
import { newKey } from "@/data/newKey";
import { rulesOf } from "@/data/rules";
import { isActive, useMay, useSession } from "@/data/session";
import { Button, ButtonLink } from "@/ui/Button";
import { Field, INPUT, TextField } from "@/ui/Field";
import { Note, ProblemNote } from "@/ui/Note";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { LoadProblem } from "@/ui/Rows";
import { SkeletonRows } from "@/ui/Skeleton";

const NODES_AT_MOST = 16;

export function OrderPage() {
  const me = useSession();
  const may = useMay();
  const back = { href: "/environments", label: "Environments" };
  if (!may("environments:write") || !isActive(me)) {
    return (
      <>
        <PageHeader title="New environment" back={back} />
        <Note tone="waiting" title="You cannot order here">
          {isActive(me) ? "Your role in this team may look only. Ask an admin of the team for the role of a member." : "The team is not active."}
        </Note>
      </>
    );
  }
  return (
    <>
      <PageHeader title="New environment" note="It is built at once; you can watch each step." back={back} />
      <Offered />
    </>
  );
}

function Offered() {
  const { data, error, refetch } = useNodeTypes();
  if (data !== undefined) return <OrderForm offer={data} />;
  if (error !== null) return <LoadProblem loading={{ error, refetch }} />;
  return <Panel><SkeletonRows rows={4} /></Panel>;
}

function OrderForm({ offer }: { offer: NodeOffer }) {
  const router = useRouter();
  const [draft, setDraft] = useState<Draft>(() => emptyDraft(offer));
  const [sent, setSent] = useState(false);
  const [own, setOwn] = useState(false);
  const key = useRef(newKey());
  const order = useOrder();
  const form = useRef<HTMLFormElement>(null);
  const faults = faultsOf(draft);
  const taken = order.error instanceof ProblemError && order.error.code === "shortdomain_taken";
  const shown = (field: string): string | undefined => (sent ? faults[field] : undefined);

  const change = (changes: Partial<Draft>): void => {
    // Another order needs another key; the same order sent again keeps its own.
    key.current = newKey();
    if (order.isError) order.reset();
    setDraft((now) => ({ ...now, ...changes }));
  };
  const changeNode = (node: NodeDraft): void => change({ nodes: draft.nodes.map((other) => (other.key === node.key ? node : other)) });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setSent(true);
    if (Object.keys(faults).length > 0) {
      // After React has marked what is wrong, the cursor goes to the first of it.
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
      return;
    }
    order.mutate({ key: key.current, body: orderOf(draft, offer) }, { onSuccess: ({ body }) => router.push(`/job?id=${body.job_id}`) });
  };
  return (
    <form ref={form} onSubmit={send} noValidate className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_19rem]">
      <div className="min-w-0 space-y-4">
      {order.error !== null && !taken && <ProblemNote error={order.error} />}
      <Panel title="Environment">
        <div className="grid gap-4 p-4 sm:grid-cols-2">
          <TextField
            label="Name"
            hint="For people; you may leave it out."
            placeholder="Web shop"
            value={draft.name}
            maxLength={rulesOf("EnvironmentCreateRequest", "display_name").maxLength}
            error={shown("name")}
            onChange={(event) => change(own ? { name: event.target.value } : { name: event.target.value, shortdomain: suggestion(event.target.value) })}
          />
          <TextField
            label="Short domain"
            hint="The first part of its address; it cannot be changed later."
            placeholder="web-shop"
            mono
            required
            autoCapitalize="none"
            spellCheck={false}
            value={draft.shortdomain}
            maxLength={rulesOf("EnvironmentCreateRequest", "shortdomain").maxLength}
            error={taken ? "Your team has or orders an environment of this name. Choose another one." : shown("shortdomain")}
            onChange={(event) => {
              setOwn(event.target.value !== "");
              change({ shortdomain: event.target.value });
            }}
          />
        </div>
      </Panel>
      <Panel
        title="Nodes"
        note="What runs in it. Each node may scale up to its limit by itself."
        action={
          draft.nodes.length < NODES_AT_MOST && (
            <Button
              small
              icon={<Plus size={13} aria-hidden />}
              onClick={() => change({ nodes: [...draft.nodes, firstNode(offer, Math.max(...draft.nodes.map((node) => node.key)) + 1)] })}
            >
              Add a node
            </Button>
          )
        }
      >
        <ul className="divide-y">
          {draft.nodes.map((node, index) => (
            <li key={node.key} className="flex items-start gap-2 p-4">
              <div className="min-w-0 flex-1">
                <NodeFields node={node} offer={offer} number={index + 1} fault={shown(`node ${node.key}`)} onChange={changeNode} />
              </div>
              {draft.nodes.length > 1 && (
                <Button look="quiet" small aria-label={`Remove node ${index + 1}`} onClick={() => change({ nodes: draft.nodes.filter((other) => other.key !== node.key) })}>
                  <X size={14} aria-hidden />
                </Button>
              )}
            </li>
          ))}
        </ul>
      </Panel>
      <details className="group rounded-lg border bg-surface shadow-flat">
        <summary className="flex list-none items-center gap-2 rounded-lg px-4 py-3 text-sm font-semibold [&::-webkit-details-marker]:hidden">
          <ChevronRight size={15} aria-hidden className="text-muted transition-transform group-open:rotate-90" />
          Region and labels
        </summary>
        <div className="grid gap-4 border-t p-4">
          <TextField label="Region" hint="The provider's name of it; the team's own when left out." mono placeholder="default_hn_group" value={draft.region} error={shown("region")} onChange={(event) => change({ region: event.target.value.trim() })} />
          <Field label="Labels" hint="Your own notes, one name=value in each line." error={shown("labels")}>
            {(attributes) => (
              <textarea {...attributes} rows={3} value={draft.labels} placeholder="project=web-shop" onChange={(event) => change({ labels: event.target.value })} className={`${INPUT} h-auto py-2 font-mono`} />
            )}
          </Field>
        </div>
      </details>
      </div>
      <OrderSummary draft={draft} offer={offer}>
        <Button type="submit" look="primary" busy={order.isPending} className="w-full">
          Order environment
        </Button>
        <ButtonLink href="/environments" look="quiet" className="w-full">
          Cancel
        </ButtonLink>
      </OrderSummary>
    </form>
  );
}
