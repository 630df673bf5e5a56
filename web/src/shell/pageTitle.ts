/** The document's title: the page, and before it how many endings came while nobody looked. */
import { useLayoutEffect } from "react";

let page = "Slipway";
let unseen = 0;

function write(): void {
  const name = page === "Slipway" ? page : `${page} · Slipway`;
  document.title = unseen > 0 ? `(${unseen}) ${name}` : name;
}

/** Before effects run: what announces another page to screen readers reads the title in one. */
export function usePageTitle(title: string): void {
  useLayoutEffect(() => {
    page = title;
    write();
  }, [title]);
}

/** An ending while the page is hidden; it is counted until somebody looks. */
export function countEnding(): void {
  if (document.visibilityState === "visible") return;
  unseen += 1;
  write();
  document.addEventListener(
    "visibilitychange",
    () => {
      unseen = 0;
      write();
    },
    { once: true },
  );
}
