import { useNow } from "./Clock";
import { duration } from "@/text/time";

/** How long something took, or takes so far. */
export function Elapsed({ from, to }: { from: number; to?: number | undefined }) {
  const now = useNow(to === undefined ? 1 : 3_600);
  return <span className="numbers whitespace-nowrap">{duration((to ?? Math.max(now, from)) - from)}</span>;
}
