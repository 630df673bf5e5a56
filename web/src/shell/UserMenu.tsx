import { useMutation, useQueryClient } from "@tanstack/react-query";
import { BookOpen, KeyRound, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { useRouter } from "next/router";

import { setPreference, usePreferences } from "./preferences";
import { client } from "@/data/client";
import { useSession } from "@/data/session";
import { initials } from "@/text/names";
import { Menu } from "@/ui/Menu";
import type { MenuGroup } from "@/ui/menuEntry";

export function useSignOut() {
  const queries = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: () => client.logout(),
    // Only once the pages of the session are gone: they can't be drawn without it.
    onSettled: () => router.push("/sign-in").finally(() => queries.clear()),
  });
}

export function UserMenu({ compact = false }: { compact?: boolean }) {
  const { user } = useSession();
  const { theme, times } = usePreferences();
  const router = useRouter();
  const signOut = useSignOut();
  const face = (
    <span aria-hidden className="grid size-6.5 shrink-0 place-items-center rounded-full bg-accent-soft text-2xs font-semibold text-accent-text">
      {initials(user.display_name)}
    </span>
  );
  const groups: MenuGroup[] = [
    {
      key: "theme",
      heading: "Appearance",
      entries: [
        { key: "system", label: "As the system", icon: <Monitor size={14} aria-hidden />, checked: theme === "system", onSelect: () => setPreference("theme", "system") },
        { key: "light", label: "Light", icon: <Sun size={14} aria-hidden />, checked: theme === "light", onSelect: () => setPreference("theme", "light") },
        { key: "dark", label: "Dark", icon: <Moon size={14} aria-hidden />, checked: theme === "dark", onSelect: () => setPreference("theme", "dark") },
      ],
    },
    {
      key: "times",
      heading: "Times",
      entries: [
        { key: "relative", label: "Relative, “3 min ago”", checked: times === "relative", onSelect: () => setPreference("times", "relative") },
        { key: "absolute", label: "Date and time", checked: times === "absolute", onSelect: () => setPreference("times", "absolute") },
      ],
    },
    {
      key: "more",
      entries: [
        { key: "sessions", label: "Sessions and password", icon: <KeyRound size={14} aria-hidden />, onSelect: () => void router.push("/settings/sessions") },
        { key: "docs", label: "API documentation", icon: <BookOpen size={14} aria-hidden />, onSelect: () => location.assign("/docs") },
        { key: "out", label: "Sign out", icon: <LogOut size={14} aria-hidden />, onSelect: () => signOut.mutate() },
      ],
    },
  ];
  const name = `Account of ${user.display_name}`;
  const trigger = compact ? (
    <button type="button" aria-label={name} className="grid size-10 place-items-center rounded-md hover:bg-hover">
      {face}
    </button>
  ) : (
    <button type="button" className="flex h-10 w-full min-w-0 items-center gap-2.5 rounded-md px-1.5 text-left hover:bg-hover">
      {face}
      <span className="min-w-0 flex-1">
        <span className="sr-only">Account: </span>
        <span className="block truncate text-sm leading-4.5">{user.display_name}</span>
        <span className="block truncate text-2xs text-muted">{user.email}</span>
      </span>
    </button>
  );
  return <Menu align={compact ? "end" : "start"} label="Account" groups={groups} trigger={trigger} />;
}
