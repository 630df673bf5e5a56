/** Another sign-in to this account waits for an answer. */
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";

import { client } from "@/data/client";
import { keys } from "@/data/keys";
import { useNow } from "@/ui/Clock";

const SignInRequest = dynamic(() => import("./SignInRequest").then((module) => module.SignInRequest), { ssr: false });

export function SignInRequests() {
  const { data } = useQuery({ queryKey: keys.waiting, queryFn: ({ signal }) => client.listWaitingSignIns({ signal }), staleTime: 60_000 });
  const now = useNow();
  const waiting = data?.items.find((item) => item.answer_until > now);
  return waiting === undefined ? null : <SignInRequest key={waiting.request_id} waiting={waiting} seconds={waiting.answer_until - now} />;
}
