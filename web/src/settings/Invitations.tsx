import { useInvitations, useRevokeInvitation } from "@/data/team";
import { problemText } from "@/text/problems";
import { ROLE_TEXT } from "@/text/status";
import { Button } from "@/ui/Button";
import { Panel } from "@/ui/Panel";
import { Time } from "@/ui/Time";
import { useToast } from "@/ui/toasts";

/** Invitations that nobody accepted yet. */
export function Invitations() {
  const { data } = useInvitations();
  const revoke = useRevokeInvitation();
  const toast = useToast();
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Panel title="Open invitations">
      <ul aria-label="Open invitations" className="divide-y">
        {data.items.map((invitation) => (
          <li key={invitation.id} className="flex items-center gap-3 px-4 py-3 text-sm">
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{invitation.email ?? "Whoever has the link"}</p>
              <p className="text-xs text-muted">
                {ROLE_TEXT[invitation.role]?.label ?? invitation.role} · made <Time at={invitation.created_at} />
              </p>
            </div>
            <Button small look="quiet" onClick={() => revoke.mutate(invitation.id, { onError: (error) => toast({ tone: "failed", ...problemText(error) }) })}>
              Take back
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
