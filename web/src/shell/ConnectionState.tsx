import { useEffect, useState, useSyncExternalStore } from "react";

import { connection, isOnline } from "./connection";
import { useLive } from "@/live/LiveProvider";
import { numberOf } from "@/live/position";
import { CopyId } from "@/ui/CopyId";
import { cx } from "@/ui/cx";
import { SOLID } from "@/ui/Tone";

function subscribe(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}

/** Whole seconds until `at`, counted down. */
function useCountdown(at: number | undefined): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (at === undefined) {
      setLeft(0);
      return;
    }
    const count = (): void => setLeft(Math.max(0, Math.ceil((at - Date.now()) / 1_000)));
    count();
    const timer = setInterval(count, 250);
    return () => clearInterval(timer);
  }, [at]);
  return left;
}

/** How the stream is, and up to which event the page knows everything. */
export function ConnectionState({ compact = false }: { compact?: boolean }) {
  const live = useLive();
  const online = useSyncExternalStore(subscribe, () => isOnline(location.hostname, navigator.onLine), () => true);
  const seconds = useCountdown(live.retryAt);
  const shown = connection({ ...live, online, seconds });
  const dot = <span aria-hidden className={cx("size-2 shrink-0 rounded-full", SOLID[shown.tone], shown.tone === "running" && "animate-pulse")} />;
  // Said aloud when it changes, but not each second of a countdown.
  const spoken = (
    <span role="status" className="sr-only">
      Connection: {shown.label.replace(/ in \d+ s$/, "")}
    </span>
  );
  if (compact) {
    return (
      <>
        {spoken}
        <button type="button" onClick={live.reconnect} disabled={!shown.waits} aria-label={`Connection: ${shown.label}`} className="flex h-10 items-center gap-1.5 px-1.5 text-xs text-muted">
          {dot}
          <span className="max-[22rem]:hidden">{shown.label}</span>
        </button>
      </>
    );
  }
  return (
    <div className="flex min-h-6 items-center gap-2 text-xs">
      {spoken}
      {dot}
      <span data-testid="connection" className="flex-1 truncate text-muted">
        {shown.label}
      </span>
      {shown.waits ? (
        <button type="button" onClick={live.reconnect} className="rounded-sm font-medium text-accent-text hover:underline">
          Now
        </button>
      ) : (
        live.cursor !== undefined && (
          <CopyId value={live.cursor} name="last event id">
            {`#${numberOf(live.cursor)}`}
          </CopyId>
        )
      )}
    </div>
  );
}
