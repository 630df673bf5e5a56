import { CircleAlert, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

import { cx } from "./cx";
import { INK, SOFT, type Tone } from "./Tone";
import { problemReference, problemText } from "@/text/problems";

const ICONS: Partial<Record<Tone, LucideIcon>> = { failed: CircleAlert, waiting: TriangleAlert };

export function Note({ tone, title, children, action, role }: { tone: Tone; title: string; children?: ReactNode; action?: ReactNode; role?: "alert" | "status" }) {
  const Icon = ICONS[tone] ?? Info;
  return (
    <div role={role} className={cx("flex gap-2.5 rounded-lg p-3 text-sm", SOFT[tone])}>
      <Icon size={16} aria-hidden className={cx("mt-0.5 shrink-0", INK[tone])} />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        {children !== undefined && <div className="mt-0.5 text-text">{children}</div>}
      </div>
      {action !== undefined && <div className="shrink-0 self-center">{action}</div>}
    </div>
  );
}

/** An error as a sentence. */
export function ProblemNote({ error, action }: { error: unknown; action?: ReactNode }) {
  const told = problemText(error);
  const reference = problemReference(error);
  return (
    <Note tone="failed" title={told.title} role="alert" action={action}>
      <p>{told.detail}</p>
      {reference !== undefined && <p className="mt-1 font-mono text-2xs break-all text-muted">{reference}</p>}
    </Note>
  );
}
