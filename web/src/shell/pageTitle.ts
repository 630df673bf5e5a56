/** The document's title: the page, and before it how many endings came while nobody looked. */
import { useEffect } from "react";

let page = "Slipway";
let unseen = 0;
const listeners = new Set<() => void>();

export function documentTitle(): string {
  const name = page === "Slipway" ? page : `${page} · Slipway`;
  return unseen > 0 ? `(${unseen}) ${name}` : name;
}

export function subscribeToTitle(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function changed(): void {
  for (const listener of listeners) listener();
}

export function usePageTitle(title: string): void {
  useEffect(() => {
    page = title;
    changed();
  }, [title]);
}

/** An ending while the page is hidden; it is counted until somebody looks. */
export function countEnding(): void {
  if (document.visibilityState === "visible") return;
  unseen += 1;
  changed();
  document.addEventListener(
    "visibilitychange",
    () => {
      unseen = 0;
      changed();
    },
    { once: true },
  );
}
