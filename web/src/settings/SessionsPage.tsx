import { Monitor } from "lucide-react";
import type { Session } from "slipway-client";

import { PasswordForm } from "./PasswordForm";
import { useRevokeOtherSessions, useRevokeSession, useSessions } from "@/data/team";
import { problemText } from "@/text/problems";
import { browserName } from "@/text/userAgent";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Panel } from "@/ui/Panel";
import { Rows } from "@/ui/Rows";
import { Time } from "@/ui/Time";
import { useToast } from "@/ui/toasts";

export function SessionsPage() {
  const list = useSessions();
  const others = useRevokeOtherSessions();
  const toast = useToast();
  const several = (list.data?.items.length ?? 0) > 1;
  return (
    <div className="space-y-4">
      <Panel
        title="Your sessions"
        note="Where you are signed in. A session that is ended is signed out at once."
        action={
          several && (
            <Button
              small
              busy={others.isPending}
              onClick={() =>
                others.mutate(undefined, {
                  onSuccess: ({ revoked }) => toast({ tone: "success", title: revoked === 1 ? "One other session was ended" : `${revoked} other sessions were ended` }),
                  onError: (fault) => toast({ tone: "failed", ...problemText(fault) }),
                })
              }
            >
              End all others
            </Button>
          )
        }
      >
        <Rows label="Sessions" loading={list} sketched={2}>
          {(list.data?.items ?? []).map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </Rows>
      </Panel>
      <PasswordForm />
    </div>
  );
}

function SessionRow({ session }: { session: Session }) {
  const revoke = useRevokeSession();
  const toast = useToast();
  return (
    <li className="flex items-center gap-3 px-4 py-3">
      <Monitor size={16} aria-hidden className="shrink-0 text-muted" />
      <div className="min-w-0 flex-1 text-sm">
        <p className="flex items-center gap-2 font-medium">
          {browserName(session.user_agent)}
          {session.current && <Badge tone="success">This one</Badge>}
        </p>
        <p className="text-xs text-muted">
          {session.address ?? "unknown address"} · began <Time at={session.created_at} />
          {session.last_used_at !== undefined && (
            <>
              {" "}
              · used <Time at={session.last_used_at} />
            </>
          )}
        </p>
      </div>
      {!session.current && (
        <Button small look="quiet" busy={revoke.isPending} onClick={() => revoke.mutate(session.id, { onError: (fault) => toast({ tone: "failed", ...problemText(fault) }) })}>
          End
        </Button>
      )}
    </li>
  );
}
