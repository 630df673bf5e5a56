import type { LucideIcon } from "lucide-react";

import { cx } from "./cx";
import { SOFT, type Tone } from "./Tone";

export function Badge({ tone, icon: Icon, spin = false, children }: { tone: Tone; icon?: LucideIcon; spin?: boolean; children: string }) {
  return (
    <span className={cx("inline-flex h-5.5 items-center gap-1 rounded-full px-2 text-xs font-medium whitespace-nowrap", SOFT[tone])}>
      {Icon !== undefined && <Icon size={12} strokeWidth={2.4} aria-hidden className={spin ? "animate-spin-slow" : undefined} />}
      {children}
    </span>
  );
}
