import { type FormEvent, useState } from "react";

import { fault } from "@/data/rules";
import { useChangePassword } from "@/data/team";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Field";
import { ProblemNote } from "@/ui/Note";
import { Panel } from "@/ui/Panel";
import { useToast } from "@/ui/toasts";

export function PasswordForm() {
  const [present, setPresent] = useState("");
  const [next, setNext] = useState("");
  const change = useChangePassword();
  const toast = useToast();
  const wrong = next === "" ? undefined : fault("PasswordChange", "new_password", next);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (wrong !== undefined || next === "" || present === "") return;
    change.mutate(
      { current_password: present, new_password: next },
      {
        onSuccess: () => {
          setPresent("");
          setNext("");
          toast({ tone: "success", title: "The password is changed", detail: "Your other sessions have ended." });
        },
      },
    );
  };
  return (
    <Panel title="Password" note="All your other sessions end when it changes." className="max-w-2xl">
      <form onSubmit={send} className="space-y-4 p-4">
        {change.error !== null && <ProblemNote error={change.error} />}
        <TextField label="Present password" type="password" autoComplete="current-password" value={present} onChange={(event) => setPresent(event.target.value)} />
        <TextField label="New password" type="password" autoComplete="new-password" hint="At least 12 characters; length is what protects it." value={next} error={wrong} onChange={(event) => setNext(event.target.value)} />
        <Button type="submit" look="primary" busy={change.isPending} disabled={present === "" || next === ""}>
          Change the password
        </Button>
      </form>
    </Panel>
  );
}
