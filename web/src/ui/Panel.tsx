import type { ReactNode } from "react";

import { cx } from "./cx";

/** A part of a page with a heading. */
export function Panel({ title, note, action, children, className }: { title?: string; note?: string; action?: ReactNode; children: ReactNode; className?: string }) {
  return (
    <section className={cx("overflow-hidden rounded-lg border bg-surface shadow-flat", className)}>
      {title !== undefined && (
        <header className="flex min-h-12 flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b px-4 py-2.5">
          <div className="min-w-0">
            <h2 className="text-sm font-semibold">{title}</h2>
            {note !== undefined && <p className="text-xs text-muted">{note}</p>}
          </div>
          {action}
        </header>
      )}
      {children}
    </section>
  );
}
