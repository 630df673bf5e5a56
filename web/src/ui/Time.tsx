import { useNow } from "./Clock";
import { usePreferences } from "@/shell/preferences";
import { absolute, relative, short } from "@/text/time";

/** A moment, relative or absolute as the user likes; the whole of it in the title. */
export function Time({ at }: { at: number }) {
  const { times } = usePreferences();
  const now = useNow(times === "relative" ? 5 : 3_600);
  const text = times === "absolute" ? short(at) : relative(at, Math.max(now, at - 1));
  return (
    <time dateTime={new Date(at * 1_000).toISOString()} title={absolute(at)} className="numbers whitespace-nowrap">
      {text}
    </time>
  );
}
