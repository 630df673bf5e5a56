/** The dialog that asks who signs in: approve or refuse. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { SignInAnswer, WaitingSignIn } from "slipway-client";

import { client } from "@/data/client";
import { keys } from "@/data/keys";
import { problemText } from "@/text/problems";
import { browserName } from "@/text/userAgent";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Facts } from "@/ui/Facts";
import { Time } from "@/ui/Time";
import { useToast } from "@/ui/toasts";

export function SignInRequest({ waiting, seconds }: { waiting: WaitingSignIn; seconds: number }) {
  const queries = useQueryClient();
  const toast = useToast();
  const answer = useMutation({
    mutationFn: (given: SignInAnswer) => client.answerSignIn({ requestId: waiting.request_id, body: { answer: given } }),
    onSuccess: (_, given) => toast({ tone: "neutral", title: given === "approve" ? "The other sign-in was approved" : "The other sign-in was refused" }),
    onError: (error) => toast({ tone: "failed", ...problemText(error) }),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.waiting }),
  });
  return (
    <Dialog
      open
      insists
      onClose={() => undefined}
      title="Somebody is signing in as you"
      description="The password was right. Approve it only if this is you."
      actions={
        <>
          <Button look="danger" busy={answer.isPending && answer.variables === "refuse"} disabled={answer.isPending} onClick={() => answer.mutate("refuse")}>
            Refuse
          </Button>
          <Button look="primary" busy={answer.isPending && answer.variables === "approve"} disabled={answer.isPending} onClick={() => answer.mutate("approve")}>
            Approve
          </Button>
        </>
      }
    >
      <Facts
        facts={[
          ["Address", waiting.address ?? "unknown"],
          ["Browser", browserName(waiting.user_agent)],
          ["Asked", <Time key="asked" at={waiting.created_at} />],
          ["Time to answer", `${Math.max(0, seconds)} s`],
        ]}
      />
    </Dialog>
  );
}
