import { type FormEvent, useState } from "react";
import type { ProviderAccount, ProviderAccountChange } from "slipway-client";

import { fault } from "@/data/rules";
import { useProvider, useSetProvider } from "@/data/team";
import { Button } from "@/ui/Button";
import { Choices } from "@/ui/Choices";
import { Facts } from "@/ui/Facts";
import { TextField } from "@/ui/Field";
import { ProblemNote } from "@/ui/Note";
import { Panel } from "@/ui/Panel";
import { LoadProblem } from "@/ui/Rows";
import { SkeletonRows } from "@/ui/Skeleton";
import { useToast } from "@/ui/toasts";

export function ProviderPage() {
  const { data, error, refetch } = useProvider();
  if (data === undefined) {
    return error === null ? <Panel><SkeletonRows rows={3} /></Panel> : <LoadProblem loading={{ error, refetch }} />;
  }
  return (
    <div className="max-w-2xl space-y-4">
      <Panel title="Provider account" note="The account at the provider in which this team's environments are built.">
        <div className="p-4">
          <Facts
            facts={[
              ["Account", data.login ?? (data.has_session_key ? "A session of its own" : "The common account of this installation")],
              ["Password", data.has_password ? "Stored, encrypted" : "None"],
              ["Session key", data.has_session_key ? "Stored, encrypted" : "None"],
              ["Region", data.node_group ?? "The common one"],
            ]}
          />
        </div>
      </Panel>
      <ProviderForm account={data} />
    </div>
  );
}

function ProviderForm({ account }: { account: ProviderAccount }) {
  const [login, setLogin] = useState(account.login ?? "");
  const [kind, setKind] = useState(account.has_session_key ? "session_key" : "password");
  const [secret, setSecret] = useState("");
  const [region, setRegion] = useState(account.node_group ?? "");
  const [sent, setSent] = useState(false);
  const set = useSetProvider();
  const toast = useToast();
  const faults = {
    login: login === "" && secret !== "" ? "A secret needs the login it belongs to." : fault("ProviderAccountChange", "login", login),
    secret: login !== "" && secret === "" ? "A login needs its password or a session key; it is stored anew." : fault("ProviderAccountChange", "password", secret),
    region: fault("ProviderAccountChange", "node_group", region),
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setSent(true);
    if (Object.values(faults).some((one) => one !== undefined)) return;
    const body: ProviderAccountChange = {};
    if (login !== "") Object.assign(body, { login, [kind]: secret });
    if (region !== "") body.node_group = region;
    set.mutate(body, {
      onSuccess: () => {
        setSecret("");
        setSent(false);
        toast({ tone: "success", title: "The provider account is saved", detail: "Jobs that begin from now on use it." });
      },
    });
  };
  return (
    <Panel title="Change the account" note="Leave the login empty to use the common account.">
      <form onSubmit={send} noValidate className="space-y-4 p-4">
        {set.error !== null && <ProblemNote error={set.error} />}
        <TextField label="Login" type="email" autoComplete="off" value={login} error={sent ? faults.login : undefined} onChange={(event) => setLogin(event.target.value.trim())} />
        <Choices
          label="Kind of secret"
          choices={[
            { value: "password", label: "Password" },
            { value: "session_key", label: "Session key" },
          ]}
          value={kind}
          onChange={setKind}
        />
        <TextField label={kind === "password" ? "Password" : "Session key"} type="password" autoComplete="off" value={secret} error={sent ? faults.secret : undefined} onChange={(event) => setSecret(event.target.value)} />
        <TextField label="Region" mono hint="The provider's hardware node group." placeholder="default_hn_group" value={region} error={sent ? faults.region : undefined} onChange={(event) => setRegion(event.target.value.trim())} />
        <Button type="submit" look="primary" busy={set.isPending}>
          Save
        </Button>
      </form>
    </Panel>
  );
}
