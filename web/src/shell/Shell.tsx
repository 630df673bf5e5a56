/** The frame of all pages for who is signed in. */
import dynamic from "next/dynamic";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import type { StreamEventsFrame, WithdrawalCause } from "slipway-client";

import { BottomBar, TopBar } from "./MobileBars";
import { Sidebar } from "./Sidebar";
import { SessionGate } from "./SessionGate";
import { SignInRequests } from "./SignInRequests";
import { TeamBanner } from "./TeamBanner";
import { useEndings } from "./useEndings";
import { LiveProvider } from "@/live/LiveProvider";

const CommandPalette = dynamic(() => import("./CommandPalette").then((module) => module.CommandPalette), { ssr: false });

export function Shell({ children }: { children: ReactNode }) {
  const [withdrawn, setWithdrawn] = useState<WithdrawalCause | "unknown">();
  const onWithdrawn = useCallback((cause: WithdrawalCause | undefined) => setWithdrawn(cause ?? "unknown"), []);
  return (
    <SessionGate withdrawn={withdrawn} onReturn={() => setWithdrawn(undefined)}>
      <Frame onWithdrawn={onWithdrawn}>{children}</Frame>
    </SessionGate>
  );
}

function Frame({ children, onWithdrawn }: { children: ReactNode; onWithdrawn: (cause: WithdrawalCause | undefined) => void }) {
  const [searching, setSearching] = useState(false);
  const tellEnding = useEndings();
  const onFrame = useCallback((frame: StreamEventsFrame) => tellEnding(frame), [tellEnding]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setSearching((now) => !now);
      }
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
  const search = (): void => setSearching(true);
  return (
    <LiveProvider onFrame={onFrame} onWithdrawn={onWithdrawn}>
      <a href="#content" className="fixed top-2 left-2 z-50 -translate-y-20 rounded-md bg-accent px-3 py-2 text-sm text-on-accent focus:translate-y-0">
        Skip to content
      </a>
      <div className="lg:flex">
        <Sidebar onSearch={search} />
        <TopBar onSearch={search} />
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none max-lg:pb-20">
          <TeamBanner />
          <div className="mx-auto max-w-6xl px-4 py-5 lg:px-8 lg:py-7">
            {children}
          </div>
        </main>
        <BottomBar />
      </div>
      <SignInRequests />
      {searching && <CommandPalette onClose={() => setSearching(false)} />}
    </LiveProvider>
  );
}
