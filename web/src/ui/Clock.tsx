/** The present second, for everything on the page that shows a time: one timer, and none while nobody looks. */
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let now = Math.floor(Date.now() / 1_000);
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  if (document.visibilityState !== "visible") return;
  now = Math.floor(Date.now() / 1_000);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    timer = setInterval(tick, 1_000);
    document.addEventListener("visibilitychange", tick);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
    document.removeEventListener("visibilitychange", tick);
  };
}

/** Seconds since 1970; moves on each `step` seconds only, so that lists are not drawn anew each second. */
export function useNow(step = 1): number {
  return useSyncExternalStore(
    subscribe,
    () => now - (now % step),
    () => 0,
  );
}
