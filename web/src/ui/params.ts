"use client";
/** State that a link carries: parameters of the query string. */
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback } from "react";

/** The parameters, and a way to change some of them without a new entry in the history. */
export function useParams(): [URLSearchParams, (changes: Record<string, string | undefined>) => void] {
  const search = useSearchParams();
  const router = useRouter();
  const path = usePathname();
  const change = useCallback(
    (changes: Record<string, string | undefined>) => {
      const next = new URLSearchParams(search);
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined || value === "") next.delete(name);
        else next.set(name, value);
      }
      const text = next.toString();
      router.replace(text === "" ? path : `${path}?${text}`, { scroll: false });
    },
    [search, router, path],
  );
  return [search, change];
}

/** The number that the page is about, `?id=`; undefined when there is none. */
export function useIdParam(): number | undefined {
  const text = useSearchParams().get("id") ?? "";
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}
