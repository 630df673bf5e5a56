import dynamic from "next/dynamic";
import { useState } from "react";
import { type Member, ROLE, type Role } from "slipway-client";

import { useMay, useSession } from "@/data/session";
import { useChangeRole, useRemoveMember } from "@/data/team";
import { initials } from "@/text/names";
import { problemText } from "@/text/problems";
import { ROLE_TEXT } from "@/text/status";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { INPUT } from "@/ui/Field";
import { useToast } from "@/ui/toasts";

const ConfirmDialog = dynamic(() => import("@/ui/ConfirmDialog").then((module) => module.ConfirmDialog), { ssr: false });

export function MemberRow({ member }: { member: Member }) {
  const { user, role, disabled } = member;
  const me = useSession();
  const may = useMay();
  const toast = useToast();
  const change = useChangeRole();
  const remove = useRemoveMember();
  const [removing, setRemoving] = useState(false);
  const fail = (error: unknown): void => toast({ tone: "failed", ...problemText(error) });
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <span aria-hidden className="grid size-8 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent-text">
        {initials(user.display_name)}
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2 truncate text-sm font-medium">
          {user.display_name}
          {user.id === me.user.id && <span className="text-xs font-normal text-muted">you</span>}
          {disabled && <Badge tone="failed">Disabled</Badge>}
        </p>
        <p className="truncate text-xs text-muted">{user.email}</p>
      </div>
      {may("members:write") ? (
        <>
          <select
            aria-label={`Role of ${user.display_name}`}
            value={role}
            disabled={change.isPending}
            onChange={(event) => change.mutate({ userId: user.id, role: event.target.value as Role }, { onError: fail })}
            className={`${INPUT} w-32!`}
          >
            {ROLE.map((one) => (
              <option key={one} value={one}>
                {ROLE_TEXT[one].label}
              </option>
            ))}
          </select>
          <Button look="quiet" small onClick={() => setRemoving(true)}>
            {user.id === me.user.id ? "Leave" : "Remove"}
          </Button>
        </>
      ) : (
        <span className="text-sm text-muted">{ROLE_TEXT[role]?.label ?? role}</span>
      )}
      {removing && (
        <ConfirmDialog
          title={user.id === me.user.id ? `Leave ${me.team.name}?` : `Remove ${user.display_name}?`}
          description="Sessions, open pages and API tokens of this person in the team end at once."
          confirm={user.id === me.user.id ? "Leave the team" : "Remove"}
          busy={remove.isPending}
          error={remove.error}
          onClose={() => setRemoving(false)}
          onConfirm={() => remove.mutate(user.id, { onSuccess: () => setRemoving(false) })}
        />
      )}
    </li>
  );
}
