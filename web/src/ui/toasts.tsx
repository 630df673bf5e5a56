/** Short news at the edge of the page; read out by screen readers, gone after some seconds. */
import { CircleCheck, CircleX, Info, X } from "lucide-react";
import Link from "next/link";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";

import { cx } from "./cx";
import { INK, type Tone } from "./Tone";

export interface Toast {
  tone: Tone;
  title: string;
  detail?: string;
  href?: string;
}

type Kept = Toast & { key: number };

const SECONDS = 6;
const MOST = 4;
const Context = createContext<(toast: Toast) => void>(() => undefined);
let count = 0;

export function useToast(): (toast: Toast) => void {
  return useContext(Context);
}

export function Toasts({ children }: { children: ReactNode }) {
  const [kept, setKept] = useState<readonly Kept[]>([]);
  const drop = useCallback((key: number) => setKept((now) => now.filter((toast) => toast.key !== key)), []);
  const show = useCallback(
    (toast: Toast) => {
      count += 1;
      const key = count;
      setKept((now) => [...now, { ...toast, key }].slice(-MOST));
      setTimeout(() => drop(key), SECONDS * 1_000);
    },
    [drop],
  );
  const shown = useMemo(() => [...kept].reverse(), [kept]);
  return (
    <Context value={show}>
      {children}
      <div role="status" aria-live="polite" className="pointer-events-none fixed right-4 bottom-4 z-50 flex w-80 max-w-[calc(100vw-2rem)] flex-col gap-2 max-lg:bottom-20">
        {shown.map((toast) => (
          <ToastCard key={toast.key} toast={toast} onClose={() => drop(toast.key)} />
        ))}
      </div>
    </Context>
  );
}

function ToastCard({ toast, onClose }: { toast: Toast; onClose: () => void }) {
  const Icon = toast.tone === "success" ? CircleCheck : toast.tone === "failed" ? CircleX : Info;
  return (
    <div className="appear pointer-events-auto flex gap-2.5 rounded-lg border bg-surface p-3 shadow-lifted">
      <Icon size={16} aria-hidden className={cx("mt-0.5 shrink-0", INK[toast.tone])} />
      <div className="min-w-0 flex-1 text-sm">
        <p className="font-medium">{toast.title}</p>
        {toast.detail !== undefined && <p className="text-muted">{toast.detail}</p>}
        {toast.href !== undefined && (
          <Link href={toast.href} onClick={onClose} className="mt-1 inline-block font-medium text-accent-text hover:underline">
            Show
          </Link>
        )}
      </div>
      <button type="button" aria-label="Dismiss" onClick={onClose} className="-m-1 grid size-6 place-items-center rounded-md text-faint hover:bg-hover hover:text-text">
        <X size={14} aria-hidden />
      </button>
    </div>
  );
}
