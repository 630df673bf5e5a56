import { KeyRound, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { ApiToken } from "slipway-client";

import { useNames } from "@/data/people";
import { useRevokeToken, useTokens } from "@/data/team";
import { short } from "@/text/time";
import { Button } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { Panel } from "@/ui/Panel";
import { Rows } from "@/ui/Rows";
import { Time } from "@/ui/Time";

const TokenDialog = dynamic(() => import("./TokenDialog").then((module) => module.TokenDialog), { ssr: false });
const ConfirmDialog = dynamic(() => import("@/ui/ConfirmDialog").then((module) => module.ConfirmDialog), { ssr: false });

export function TokensPage() {
  const list = useTokens();
  const [making, setMaking] = useState(false);
  const make = (
    <Button small look="primary" icon={<Plus size={13} aria-hidden />} onClick={() => setMaking(true)}>
      New token
    </Button>
  );
  return (
    <>
      <Panel title="API tokens" note="For CI and other programs, sent as a bearer token." action={make}>
        <Rows
          label="API tokens"
          loading={list}
          sketched={2}
          empty={
            <EmptyState icon={KeyRound} title="No tokens yet">
              Make one for a program that orders environments or reads events. It can do no more than you may.
            </EmptyState>
          }
        >
          {(list.data?.items ?? []).map((token) => (
            <TokenRow key={token.id} token={token} />
          ))}
        </Rows>
      </Panel>
      {making && <TokenDialog onClose={() => setMaking(false)} />}
    </>
  );
}

function TokenRow({ token }: { token: ApiToken }) {
  const nameOf = useNames();
  const revoke = useRevokeToken();
  const [revoking, setRevoking] = useState(false);
  return (
    <li className="flex items-center gap-3 px-4 py-3">
      <div className="min-w-0 flex-1 text-sm">
        <p className="truncate font-medium">
          {token.name} <span className="font-mono text-xs font-normal text-muted">{token.prefix}…</span>
        </p>
        <p className="text-xs text-muted">
          {nameOf(token.user_id)} · made <Time at={token.created_at} /> ·{" "}
          {token.last_used_at === undefined ? "never used" : <>used <Time at={token.last_used_at} /></>}
          {token.expires_at !== undefined && ` · ends ${short(token.expires_at)}`}
        </p>
        <p className="mt-1 flex flex-wrap gap-1">
          {token.scopes.map((scope) => (
            <code key={scope} className="rounded-sm bg-sunken px-1.5 text-2xs text-muted">
              {scope}
            </code>
          ))}
        </p>
      </div>
      <Button small look="quiet" onClick={() => setRevoking(true)}>
        Revoke
      </Button>
      {revoking && (
        <ConfirmDialog
          title={`Revoke ${token.name}?`}
          description="Programs that use it are refused at once."
          confirm="Revoke"
          busy={revoke.isPending}
          error={revoke.error}
          onClose={() => setRevoking(false)}
          onConfirm={() => revoke.mutate(token.id, { onSuccess: () => setRevoking(false) })}
        />
      )}
    </li>
  );
}
