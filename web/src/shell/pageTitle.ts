"use client";
/** The document's title: the page, and before it how many endings came while nobody looked. */
import { useEffect } from "react";

let page = "Slipway";
let unseen = 0;

function write(): void {
  const name = page === "Slipway" ? page : `${page} · Slipway`;
  document.title = unseen > 0 ? `(${unseen}) ${name}` : name;
}

export function usePageTitle(title: string): void {
  useEffect(() => {
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
