import { Search } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/router";

import { ConnectionState } from "./ConnectionState";
import { isAt } from "./places";
import { TeamSwitch } from "./TeamSwitch";
import { usePlaces } from "./usePlaces";
import { UserMenu } from "./UserMenu";
import { cx } from "@/ui/cx";
import { Kbd } from "@/ui/Kbd";

export function Sidebar({ onSearch }: { onSearch: () => void }) {
  const { pathname: path } = useRouter();
  const places = usePlaces();
  return (
    <aside className="sticky top-0 z-20 flex h-dvh w-58 shrink-0 flex-col border-r bg-sunken max-lg:hidden">
      <div className="p-3 pb-2">
        <TeamSwitch />
      </div>
      <div className="px-3 pb-3">
        <button
          type="button"
          onClick={onSearch}
          className="flex h-8 w-full items-center gap-2 rounded-md border bg-surface px-2 text-sm text-muted shadow-flat hover:text-text"
        >
          <Search size={14} aria-hidden />
          <span className="flex-1 text-left">Search</span>
          <Kbd>{/Mac|iP(hone|ad|od)/.test(navigator.userAgent) ? "⌘K" : "Ctrl K"}</Kbd>
        </button>
      </div>
      <nav aria-label="Main" className="flex-1 overflow-y-auto px-3">
        <ul className="space-y-0.5">
          {places.map((place) => {
            const here = isAt(path, place);
            return (
              <li key={place.href}>
                <Link
                  href={place.href}
                  aria-current={here ? "page" : undefined}
                  className={cx(
                    "flex h-8 items-center gap-2.5 rounded-md px-2 text-sm transition-colors",
                    here ? "bg-surface font-medium text-text shadow-flat ring-1 ring-line" : "text-muted hover:bg-hover hover:text-text",
                  )}
                >
                  <place.icon size={16} aria-hidden className={here ? "text-accent-text" : undefined} />
                  {place.label}
                </Link>
              </li>
            );
          })}
        </ul>
      </nav>
      <div className="border-t p-3 pb-2">
        <ConnectionState />
      </div>
      <div className="border-t p-2">
        <UserMenu />
      </div>
    </aside>
  );
}
