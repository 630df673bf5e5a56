/** Everything by keyboard: places, actions, and environments and jobs that are known here. */
import * as Radix from "@radix-ui/react-dialog";
import { useQueryClient } from "@tanstack/react-query";
import { Boxes, CornerDownLeft, ListChecks, type LucideIcon, LogOut, Moon, Plus, Search, Sun, Users } from "lucide-react";
import { useRouter } from "next/router";
import { type KeyboardEvent, useDeferredValue, useId, useMemo, useState } from "react";
import type { EnvironmentPage, JobPage } from "slipway-client";

import { matching } from "./matching";
import { setPreference } from "./preferences";
import { useSwitchTeam } from "./TeamSwitch";
import { usePlaces } from "./usePlaces";
import { useSignOut } from "./UserMenu";
import { itemsOf, type Pages } from "@/data/pages";
import { isActive, useMay, useMyTeams, useSession } from "@/data/session";
import { jobKind, jobStatus } from "@/text/status";
import { cx } from "@/ui/cx";
import { Kbd } from "@/ui/Kbd";
import { useFocusBack } from "@/ui/useFocusBack";

interface Command {
  key: string;
  label: string;
  note: string;
  icon: LucideIcon;
  run: () => void;
}

function useCommands(): Command[] {
  const router = useRouter();
  const queries = useQueryClient();
  const places = usePlaces();
  const may = useMay();
  const me = useSession();
  const { data: teams } = useMyTeams();
  const signOut = useSignOut();
  const change = useSwitchTeam();
  return useMemo(() => {
    const commands: Command[] = places.map((place) => ({ key: place.href, label: place.label, note: "Go to", icon: place.icon, run: () => void router.push(place.href) }));
    if (may("environments:write") && isActive(me)) {
      commands.unshift({ key: "order", label: "New environment", note: "Order", icon: Plus, run: () => void router.push("/order") });
    }
    for (const { team } of teams?.items ?? []) {
      if (team.id !== me.team.id) commands.push({ key: `team ${team.id}`, label: team.name, note: "Switch team", icon: Users, run: () => change.mutate(team.id) });
    }
    commands.push(
      { key: "light", label: "Light appearance", note: "Theme", icon: Sun, run: () => setPreference("theme", "light") },
      { key: "dark", label: "Dark appearance", note: "Theme", icon: Moon, run: () => setPreference("theme", "dark") },
      { key: "out", label: "Sign out", note: "Account", icon: LogOut, run: () => signOut.mutate() },
    );
    const seen = new Set<string>();
    const add = (command: Command): void => {
      if (!seen.has(command.key)) commands.push(command);
      seen.add(command.key);
    };
    for (const [, data] of queries.getQueriesData<Pages<EnvironmentPage>>({ queryKey: ["environments"] })) {
      for (const one of itemsOf<EnvironmentPage["items"][number], EnvironmentPage>(data)) {
        add({ key: `environment ${one.id}`, label: one.display_name ?? one.shortdomain, note: one.domain ?? "Environment", icon: Boxes, run: () => void router.push(`/environment?id=${one.id}`) });
      }
    }
    for (const [, data] of queries.getQueriesData<Pages<JobPage>>({ queryKey: ["jobs"] })) {
      for (const job of itemsOf<JobPage["items"][number], JobPage>(data)) {
        add({ key: `job ${job.id}`, label: `Job ${job.id} · ${job.env_name}`, note: `${jobKind(job.kind)} · ${jobStatus(job.status).label}`, icon: ListChecks, run: () => void router.push(`/job?id=${job.id}`) });
      }
    }
    return commands;
  }, [places, may, me, teams, queries, router, signOut, change]);
}

export function CommandPalette({ onClose }: { onClose: () => void }) {
  const list = useId();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const commands = useCommands();
  const focusBack = useFocusBack();
  const wanted = useDeferredValue(text);
  const found = useMemo(() => matching(commands, wanted, (command) => `${command.label} ${command.note}`).slice(0, 12), [commands, wanted]);
  const at = Math.min(chosen, Math.max(0, found.length - 1));

  const run = (command: Command | undefined): void => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  const pressed = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setChosen((at + step + found.length) % Math.max(1, found.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(found[at]);
    }
  };
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fade-in fixed inset-0 z-40 bg-(--scrim)" />
        <Radix.Content aria-describedby={undefined} onCloseAutoFocus={focusBack} className="appear fixed inset-x-3 top-[14vh] z-50 mx-auto max-w-lg overflow-hidden rounded-lg border bg-surface shadow-lifted">
          <Radix.Title className="sr-only">Search and commands</Radix.Title>
          <div className="flex items-center gap-2.5 border-b px-3.5">
            <Search size={16} aria-hidden className="text-muted" />
            <input
              role="combobox"
              aria-expanded
              aria-controls={list}
              aria-activedescendant={found[at] === undefined ? undefined : `${list}-${at}`}
              aria-label="Search environments, jobs and commands"
              placeholder="Search environments, jobs and commands"
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setChosen(0);
              }}
              onKeyDown={pressed}
              className="h-12 flex-1 bg-transparent text-base outline-none placeholder:text-faint max-lg:text-lg"
            />
            <Kbd>Esc</Kbd>
          </div>
          <ul id={list} role="listbox" aria-label="Results" className="max-h-[50vh] overflow-y-auto p-1.5">
            {found.map((command, index) => (
              // The combobox above holds the focus and the keys; the list is for the pointer.
              <li
                key={command.key}
                id={`${list}-${index}`}
                role="option"
                aria-selected={index === at}
                onPointerMove={() => setChosen(index)}
                onClick={() => run(command)}
                className={cx("flex cursor-default items-center gap-2.5 rounded-md px-2.5 py-2 text-sm", index === at && "bg-hover")}
              >
                <command.icon size={15} aria-hidden className="shrink-0 text-muted" />
                <span className="truncate">{command.label}</span>
                <span className="ml-auto truncate pl-3 text-xs text-muted">{command.note}</span>
                {index === at && <CornerDownLeft size={13} aria-hidden className="shrink-0 text-faint" />}
              </li>
            ))}
          </ul>
          {found.length === 0 && <p className="px-4 pb-5 text-sm text-muted">Nothing here is called “{wanted}”.</p>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
