import { useRouter } from "next/router";
import { useEffect } from "react";

import { Logo } from "./Logo";

/** The origin's root: on to the environments, which send on who is not signed in. */
export function Start() {
  const router = useRouter();
  useEffect(() => void router.replace("/environments"), [router]);
  return (
    <main className="grid min-h-dvh place-items-center">
      <h1 className="sr-only">Slipway</h1>
      <Logo size={32} />
    </main>
  );
}
