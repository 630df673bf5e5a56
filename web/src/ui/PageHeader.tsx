import { ChevronLeft } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

import { usePageTitle } from "@/shell/pageTitle";

export function PageHeader({ title, heading, back, note, actions }: { title: string; heading?: ReactNode; back?: { href: string; label: string }; note?: ReactNode; actions?: ReactNode }) {
  usePageTitle(title);
  return (
    <header className="mb-5">
      {back !== undefined && (
        <Link href={back.href} className="mb-1.5 -ml-1 inline-flex items-center gap-0.5 rounded-sm text-xs text-muted hover:text-text">
          <ChevronLeft size={14} aria-hidden />
          {back.label}
        </Link>
      )}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold tracking-tight">{heading ?? title}</h1>
          {note !== undefined && <div className="mt-0.5 text-sm text-muted">{note}</div>}
        </div>
        {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
    </header>
  );
}
