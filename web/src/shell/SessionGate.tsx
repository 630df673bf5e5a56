/** Lets in who is signed in; sends others to the sign-in, and says it when a session ended. */
import { useQueryClient } from "@tanstack/react-query";
import { LockKeyhole } from "lucide-react";
import { useRouter } from "next/router";
import { type ReactNode, useEffect, useRef } from "react";
import { ProblemError, type WithdrawalCause } from "slipway-client";

import { Logo } from "./Logo";
import { keys } from "@/data/keys";
import { useMe } from "@/data/session";
import { withdrawalText } from "@/text/withdrawal";
import { Button } from "@/ui/Button";
import { ProblemNote } from "@/ui/Note";
import { Spinner } from "@/ui/Spinner";

interface SessionGateProps {
  children: ReactNode;
  withdrawn: WithdrawalCause | "unknown" | undefined;
  onReturn: () => void;
}

export function signInPath(): string {
  const here = `${location.pathname}${location.search}`;
  return here === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(here)}`;
}

export function SessionGate({ children, withdrawn, onReturn }: SessionGateProps) {
  const queries = useQueryClient();
  const router = useRouter();
  const { data, error, refetch, isFetching } = useMe();
  const wasIn = useRef(false);
  const signedOut = error instanceof ProblemError && error.status === 401;

  useEffect(() => {
    if (data !== undefined && !signedOut) wasIn.current = true;
  }, [data, signedOut]);
  useEffect(() => {
    // The stream heard of it first: ask whether the session, or only the stream's right, is gone.
    if (withdrawn !== undefined) void queries.invalidateQueries({ queryKey: keys.me });
  }, [withdrawn, queries]);
  useEffect(() => {
    if (signedOut && !wasIn.current) void router.replace(signInPath());
  }, [signedOut, router]);

  if (signedOut && wasIn.current) {
    return (
      <Whole>
        <LockKeyhole size={22} aria-hidden className="text-muted" />
        <h1 className="text-lg font-semibold">You are signed out</h1>
        <p className="text-sm text-balance text-muted">{withdrawalText(withdrawn)} Sign in again to go on where you were.</p>
        <Button
          look="primary"
          onClick={() => {
            const target = signInPath();
            queries.clear();
            onReturn();
            void router.replace(target);
          }}
        >
          Sign in
        </Button>
      </Whole>
    );
  }
  // Before the router is ready it knows nothing of the query string.
  if (data !== undefined && router.isReady) return children;
  if (error !== null && !signedOut) {
    return (
      <Whole>
        <ProblemNote error={error} />
        <Button onClick={() => void refetch()} busy={isFetching}>
          Try again
        </Button>
      </Whole>
    );
  }
  return (
    <Whole>
      <Logo size={32} />
      <p role="status" className="flex items-center gap-2 text-sm text-muted">
        <Spinner /> Loading
      </p>
    </Whole>
  );
}

function Whole({ children }: { children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <div className="flex w-full max-w-sm flex-col items-center gap-4 text-center">{children}</div>
    </main>
  );
}
