import type { ReactNode } from "react";

import { useMay } from "@/data/session";
import { Note } from "@/ui/Note";
import { PageHeader } from "@/ui/PageHeader";
import { Tabs } from "@/ui/Tabs";

const TABS = [
  { href: "/operator", label: "Teams" },
  { href: "/operator/users", label: "Users" },
  { href: "/operator/dead-letters", label: "Dead letters" },
  { href: "/operator/health", label: "Health" },
  { href: "/operator/audit", label: "Audit log" },
];

/** The frame of what platform operators see. */
export function OperatorFrame({ children }: { children: ReactNode }) {
  const may = useMay();
  return (
    <>
      <PageHeader title="Platform" note="For the operators of this installation." />
      {may("platform:operate") ? (
        <>
          <Tabs label="Platform" tabs={TABS} />
          {children}
        </>
      ) : (
        <Note tone="waiting" title="You cannot see this">
          This is for platform operators.
        </Note>
      )}
    </>
  );
}
