import { Search } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/router";

import { ConnectionState } from "./ConnectionState";
import { isAt } from "./places";
import { TeamSwitch } from "./TeamSwitch";
import { usePlaces } from "./usePlaces";
import { UserMenu } from "./UserMenu";
import { cx } from "@/ui/cx";

/** On a phone: the team above, the places below. */
export function TopBar({ onSearch }: { onSearch: () => void }) {
  return (
    <header className="sticky top-0 z-30 flex h-14 items-center gap-1 border-b bg-sunken px-3 lg:hidden">
      <div className="min-w-0 flex-1">
        <TeamSwitch />
      </div>
      <ConnectionState compact />
      <button type="button" aria-label="Search" onClick={onSearch} className="grid size-10 place-items-center rounded-md text-muted hover:bg-hover">
        <Search size={18} aria-hidden />
      </button>
      <UserMenu compact />
    </header>
  );
}

export function BottomBar() {
  const { pathname: path } = useRouter();
  const places = usePlaces();
  return (
    <nav aria-label="Main" className="fixed inset-x-0 bottom-0 z-30 border-t bg-sunken pb-[env(safe-area-inset-bottom)] lg:hidden">
      <ul className="flex">
        {places.map((place) => {
          const here = isAt(path, place);
          return (
            <li key={place.href} className="flex-1">
              <Link
                href={place.href}
                aria-current={here ? "page" : undefined}
                className={cx("flex h-14 flex-col items-center justify-center gap-0.5 text-2xs", here ? "font-medium text-accent-text" : "text-muted")}
              >
                <place.icon size={18} aria-hidden />
                {place.label}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
