import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";

import { cx } from "./cx";
import { Spinner } from "./Spinner";

type Look = "primary" | "plain" | "quiet" | "danger";

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover border-transparent shadow-flat",
  plain: "bg-surface text-text hover:bg-hover border-line-strong shadow-flat",
  quiet: "bg-transparent text-muted hover:bg-hover hover:text-text border-transparent",
  danger: "bg-surface text-failed hover:bg-failed-soft border-line-strong shadow-flat",
};

function classes(look: Look, small: boolean, more?: string): string {
  return cx(
    "inline-flex items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium transition-colors select-none disabled:opacity-55",
    small ? "h-7 px-2 text-xs" : "h-8.5 px-3 text-sm max-lg:h-10 max-lg:px-3.5",
    LOOKS[look],
    more,
  );
}

interface Looks {
  look?: Look;
  small?: boolean;
  icon?: ReactNode;
}

interface ButtonProps extends ComponentProps<"button">, Looks {
  /** What was asked for goes on; the button waits. */
  busy?: boolean;
}

export function Button({ look = "plain", small = false, icon, busy = false, className, children, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} disabled={rest.disabled === true || busy} aria-busy={busy || undefined} className={classes(look, small, className)}>
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  );
}

export function ButtonLink({ look = "plain", small = false, icon, className, children, ...rest }: ComponentProps<typeof Link> & Looks) {
  return (
    <Link {...rest} className={classes(look, small, className)}>
      {icon}
      {children}
    </Link>
  );
}
