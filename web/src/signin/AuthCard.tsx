import type { ReactNode } from "react";

import { Logo } from "@/shell/Logo";

/** The frame of the pages for who is not signed in. */
export function AuthCard({ title, note, children }: { title: string; note: ReactNode; children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-88">
        <div className="mb-6 flex flex-col items-center gap-3 text-center">
          <Logo size={40} />
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          <p className="text-sm text-balance text-muted">{note}</p>
        </div>
        <div className="rounded-lg border bg-surface p-5 shadow-flat">{children}</div>
      </div>
    </main>
  );
}
