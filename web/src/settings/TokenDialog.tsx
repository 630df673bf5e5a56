import { useState } from "react";
import type { Permission } from "slipway-client";

import { fault } from "@/data/rules";
import { useSession } from "@/data/session";
import { useCreateToken } from "@/data/team";
import { SelectField, TextField } from "@/ui/Field";
import { FormDialog } from "@/ui/FormDialog";
import { SecretDialog } from "@/ui/SecretDialog";

const DAY = 86_400;
const LIVES = [
  { days: 30, label: "30 days" },
  { days: 90, label: "90 days" },
  { days: 365, label: "One year" },
  { days: 0, label: "No end" },
];

export function TokenDialog({ onClose }: { onClose: () => void }) {
  const { permissions } = useSession();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Permission[]>(() => permissions.filter((permission) => permission.endsWith(":read")));
  const [days, setDays] = useState(90);
  const [sent, setSent] = useState(false);
  const create = useCreateToken();
  const wrong = fault("ApiTokenRequest", "name", name.trim());
  const send = (): void => {
    setSent(true);
    if (wrong !== undefined || scopes.length === 0) return;
    const end = days === 0 ? {} : { expires_at: Math.floor(Date.now() / 1_000) + days * DAY };
    create.mutate({ name: name.trim(), scopes: [...scopes], ...end });
  };
  if (create.data !== undefined) {
    return <SecretDialog title="The token is ready" description="Store it where your program finds it." note="The token is shown this once" value={create.data.token} name="token" onClose={onClose} />;
  }
  return (
    <FormDialog title="New API token" description="It acts for you in this team." send="Create token" sending={create} onSend={send} onClose={onClose}>
      <TextField label="What it is for" placeholder="CI" value={name} error={sent ? wrong : undefined} onChange={(event) => setName(event.target.value)} />
      <fieldset>
        <legend className="mb-1 text-sm font-medium">What it may do</legend>
        <div className="grid grid-cols-2 gap-x-3 gap-y-1.5">
          {permissions.map((permission) => (
            <label key={permission} className="flex items-center gap-2 text-xs max-lg:py-1">
              <input
                type="checkbox"
                checked={scopes.includes(permission)}
                onChange={(event) => setScopes((now) => (event.target.checked ? [...now, permission] : now.filter((other) => other !== permission)))}
                className="size-4 accent-(--accent)"
              />
              <span className="font-mono">{permission}</span>
            </label>
          ))}
        </div>
        {sent && scopes.length === 0 && <p className="mt-1 text-xs text-failed">Choose at least one.</p>}
      </fieldset>
      <SelectField label="Ends after" value={days} onChange={(event) => setDays(Number(event.target.value))}>
        {LIVES.map((life) => (
          <option key={life.days} value={life.days}>
            {life.label}
          </option>
        ))}
      </SelectField>
    </FormDialog>
  );
}
