import { useEffect, useRef } from "react";

import { Button } from "./Button";

/** The list's end: loads the next page when it comes into view, or by the button. */
export function MoreRows({ more, loading, onMore }: { more: boolean; loading: boolean; onMore: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(onMore);
  latest.current = onMore;
  useEffect(() => {
    const node = end.current;
    if (node === null || !more || loading) return;
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && latest.current(), { rootMargin: "400px" });
    observer.observe(node);
    return () => observer.disconnect();
  }, [more, loading]);
  if (!more) return null;
  return (
    <div ref={end} className="flex justify-center border-t p-3">
      <Button look="quiet" small busy={loading} onClick={onMore}>
        Load more
      </Button>
    </div>
  );
}
