/** The way from credentials to a session, with the wait for another session's approval. */
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/router";
import { useCallback, useEffect, useRef, useState } from "react";
import { type LoginResponse, type Me, ProblemError } from "slipway-client";

import { target } from "./target";
import { client } from "@/data/client";
import { keys } from "@/data/keys";

const ASK_AGAIN = 1_000;

export type SignIn =
  | { step: "idle"; error?: unknown }
  | { step: "sending" }
  /** One of the user's open sessions has to approve; seconds since 1970. */
  | { step: "waiting"; until: number };

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
  signal.throwIfAborted();
}

async function exchange(login: LoginResponse, signal: AbortSignal): Promise<Me> {
  for (;;) {
    try {
      return await client.exchangeSession({ body: { exchange_token: login.exchange_token } }, { signal });
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== "sign_in_pending") throw error;
      await pause(ASK_AGAIN, signal);
    }
  }
}

export function useSignIn() {
  const queries = useQueryClient();
  const router = useRouter();
  const [state, setState] = useState<SignIn>({ step: "idle" });
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);

  const run = useCallback(
    async (login: (signal: AbortSignal) => Promise<LoginResponse>): Promise<void> => {
      abort.current?.abort();
      const stop = new AbortController();
      abort.current = stop;
      setState({ step: "sending" });
      try {
        const answer = await login(stop.signal);
        if (answer.answer_until !== undefined) setState({ step: "waiting", until: answer.answer_until });
        const me = await exchange(answer, stop.signal);
        queries.clear();
        queries.setQueryData(keys.me, me);
        void router.replace(target(new URLSearchParams(location.search).get("next"), location.origin));
      } catch (error) {
        if (!stop.signal.aborted) setState({ step: "idle", error });
      }
    },
    [queries, router],
  );
  const signIn = useCallback((email: string, password: string) => run((signal) => client.login({ body: { email, password } }, { signal })), [run]);
  const withToken = useCallback((token: string) => run(async () => ({ exchange_token: token, expires_at: 0 })), [run]);
  const cancel = useCallback(() => {
    abort.current?.abort();
    setState({ step: "idle" });
  }, []);
  return { state, signIn, withToken, cancel };
}
