/** State that a link carries: parameters of the query string. */
import { useRouter } from "next/router";
import { useCallback, useMemo } from "react";

/** The query string's parameters. A static page learns of them in the browser only, after its first drawing. */
function useSearch(): URLSearchParams {
  const { asPath } = useRouter();
  return useMemo(() => new URL(asPath, "http://here").searchParams, [asPath]);
}

/** The parameters, and a way to change some of them without a new entry in the history. */
export function useParams(): [URLSearchParams, (changes: Record<string, string | undefined>) => void] {
  const search = useSearch();
  const router = useRouter();
  const change = useCallback(
    (changes: Record<string, string | undefined>) => {
      const next = new URLSearchParams(search);
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined || value === "") next.delete(name);
        else next.set(name, value);
      }
      const text = next.toString();
      void router.replace(text === "" ? router.pathname : `${router.pathname}?${text}`, undefined, { scroll: false, shallow: true });
    },
    [search, router],
  );
  return [search, change];
}

/** The number that the page is about, `?id=`; undefined when there is none. */
export function useIdParam(): number | undefined {
  const text = useSearch().get("id") ?? "";
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}
