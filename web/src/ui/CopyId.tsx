import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";

import { cx } from "./cx";

/** A value in monospace that a click copies. `name` says what it is, for screen readers. */
export function CopyId({ value, name, children }: { value: string; name: string; children?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_600);
    return () => clearTimeout(timer);
  }, [copied]);
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      onClick={() => void navigator.clipboard?.writeText(value).then(() => setCopied(true))}
      aria-label={copied ? `Copied ${name}: ${children ?? value}` : `Copy ${name}: ${children ?? value}`}
      title={copied ? "Copied" : `Copy ${name}`}
      className="group inline-flex max-w-full items-center gap-1.5 rounded-sm font-mono text-xs text-text hover:text-accent-text"
    >
      <span className="truncate">{children ?? value}</span>
      <Icon size={12} aria-hidden className={cx("shrink-0", copied ? "text-success" : "text-faint group-hover:text-accent-text")} />
    </button>
  );
}
