/** The connection in words. */
import type { StreamState } from "slipway-client";

import type { Tone } from "@/ui/Tone";

export interface Connection {
  label: string;
  tone: Tone;
  /** Whether a click may connect sooner. */
  waits: boolean;
}

interface Known {
  state: StreamState;
  current: boolean;
  enabled: boolean;
  online: boolean;
  /** Seconds to the next try. */
  seconds: number;
}

/** Whether a host can be reached, as far as the browser knows: without a network the own machine still can. */
export function isOnline(hostname: string, onLine: boolean): boolean {
  return onLine || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

export function connection({ state, current, enabled, online, seconds }: Known): Connection {
  if (!enabled) return { label: "No live updates", tone: "neutral", waits: false };
  if (!online) return { label: "Offline", tone: "failed", waits: true };
  switch (state.state) {
    case "open":
      return current ? { label: "Live", tone: "success", waits: false } : { label: "Catching up", tone: "running", waits: false };
    case "connecting":
      return { label: "Connecting", tone: "running", waits: false };
    case "waiting":
      if (!Number.isFinite(state.milliseconds)) return { label: "No live updates", tone: "failed", waits: false };
      return { label: seconds > 0 ? `Reconnecting in ${seconds} s` : "Reconnecting", tone: "waiting", waits: true };
    case "ended":
      return { label: "Closed", tone: "neutral", waits: false };
  }
}
