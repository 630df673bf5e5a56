import Link from "next/link";
import { useRouter } from "next/router";

import { cx } from "./cx";

export interface Tab {
  href: string;
  label: string;
}

/** Pages of one subject beside each other. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const { pathname: path } = useRouter();
  return (
    <nav aria-label={label} className="mb-5 overflow-x-auto border-b">
      <ul className="flex gap-1">
        {tabs.map((tab) => {
          const here = path === tab.href;
          return (
            <li key={tab.href}>
              <Link
                href={tab.href}
                aria-current={here ? "page" : undefined}
                className={cx(
                  "-mb-px block border-b-2 px-3 py-2 text-sm whitespace-nowrap -outline-offset-2",
                  here ? "border-accent font-medium text-text" : "border-transparent text-muted hover:text-text",
                )}
              >
                {tab.label}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
