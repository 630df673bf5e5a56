import { MoreHorizontal } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Account } from "slipway-client";

import { useChangeUser, useResetPassword } from "@/data/platform";
import { useSession } from "@/data/session";
import { initials } from "@/text/names";
import { problemText } from "@/text/problems";
import { Badge } from "@/ui/Badge";
import { CopyId } from "@/ui/CopyId";
import { Menu } from "@/ui/Menu";
import { SecretNote } from "@/ui/SecretNote";
import { useToast } from "@/ui/toasts";

const ConfirmDialog = dynamic(() => import("@/ui/ConfirmDialog").then((module) => module.ConfirmDialog), { ssr: false });

export function UserRow({ account }: { account: Account }) {
  const { user, is_operator: operator, disabled } = account;
  const me = useSession();
  const toast = useToast();
  const change = useChangeUser();
  const reset = useResetPassword();
  const [asked, setAsked] = useState<"disable" | "reset">();
  const fail = (error: unknown): void => toast({ tone: "failed", ...problemText(error) });
  const close = { onSuccess: () => setAsked(undefined) };
  const entries = [
    operator
      ? { key: "unmake", label: "No longer an operator", onSelect: () => change.mutate({ userId: user.id, body: { is_operator: false } }, { onError: fail }) }
      : { key: "make", label: "Make an operator", onSelect: () => change.mutate({ userId: user.id, body: { is_operator: true } }, { onError: fail }) },
    { key: "reset", label: "Reset the password…", onSelect: () => setAsked("reset") },
    disabled
      ? { key: "enable", label: "Enable", onSelect: () => change.mutate({ userId: user.id, body: { disabled: false } }, { onError: fail }) }
      : { key: "disable", label: "Disable…", danger: true, onSelect: () => setAsked("disable") },
  ];
  return (
    <li className="px-4 py-3">
      <div className="flex items-center gap-3">
        <span aria-hidden className="grid size-8 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent-text">
          {initials(user.display_name)}
        </span>
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-x-2 text-sm font-medium">
            {user.display_name}
            {operator && <Badge tone="running">Operator</Badge>}
            {disabled && <Badge tone="failed">Disabled</Badge>}
          </p>
          <p className="truncate text-xs text-muted">{user.email}</p>
        </div>
        <CopyId value={String(user.id)} name="user id" />
        {user.id !== me.user.id && (
          <Menu
            align="end"
            label={`Actions for ${user.display_name}`}
            groups={[{ key: "actions", entries }]}
            trigger={
              <button type="button" aria-label={`Actions for ${user.display_name}`} className="grid size-8 place-items-center rounded-md text-muted hover:bg-hover hover:text-text">
                <MoreHorizontal size={16} aria-hidden />
              </button>
            }
          />
        )}
      </div>
      {reset.data !== undefined && (
        <div className="mt-3">
          <SecretNote title={`The new password of ${user.display_name} is shown this once`} value={reset.data.password} name="password" />
        </div>
      )}
      {asked === "disable" && (
        <ConfirmDialog title={`Disable ${user.display_name}?`} description="All sessions of this user end at once, and signing in is refused." confirm="Disable" busy={change.isPending} error={change.error} onClose={() => setAsked(undefined)} onConfirm={() => change.mutate({ userId: user.id, body: { disabled: true } }, close)} />
      )}
      {asked === "reset" && (
        <ConfirmDialog title={`Reset the password of ${user.display_name}?`} description="A new random password is made and shown once. All sessions of this user end." confirm="Reset" busy={reset.isPending} error={reset.error} onClose={() => setAsked(undefined)} onConfirm={() => reset.mutate(user.id, close)} />
      )}
    </li>
  );
}
