import type { ReactNode } from "react";

import { useMay } from "@/data/session";
import { PageHeader } from "@/ui/PageHeader";
import { type Tab, Tabs } from "@/ui/Tabs";

/** The frame of the settings: those that this user may see. */
export function SettingsFrame({ children }: { children: ReactNode }) {
  const may = useMay();
  const tabs: (Tab | false)[] = [
    { href: "/settings", label: "General" },
    may("members:read") && { href: "/settings/members", label: "Members" },
    may("tokens:write") && { href: "/settings/tokens", label: "API tokens" },
    { href: "/settings/sessions", label: "Your sessions" },
    may("team:manage") && { href: "/settings/provider", label: "Provider account" },
    may("team:manage") && { href: "/settings/audit", label: "Audit log" },
  ];
  return (
    <>
      <PageHeader title="Settings" />
      <Tabs label="Settings" tabs={tabs.filter((tab) => tab !== false)} />
      {children}
    </>
  );
}
