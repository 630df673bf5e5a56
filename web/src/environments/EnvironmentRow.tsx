import { ExternalLink } from "lucide-react";
import Link from "next/link";
import { memo } from "react";
import type { Environment } from "slipway-client";

import { environmentStatus } from "@/text/status";
import { StatusBadge } from "@/ui/StatusBadge";
import { Time } from "@/ui/Time";

export const EnvironmentRow = memo(function EnvironmentRow({ environment }: { environment: Environment }) {
  const { id, display_name: name, shortdomain, domain, status, created_at: created } = environment;
  return (
    <li className="offscreen-lazy relative flex items-center gap-4 px-4 py-3 hover:bg-hover max-sm:flex-wrap max-sm:gap-y-1.5">
      <div className="min-w-0 flex-1">
        <Link href={`/environment?id=${id}`} className="block truncate text-sm font-medium after:absolute after:inset-0">
          {name ?? shortdomain}
        </Link>
        {domain !== undefined && status !== "deleted" ? (
          <a href={`https://${domain}`} target="_blank" rel="noreferrer" className="relative inline-flex max-w-full items-center gap-1 text-xs text-muted hover:text-accent-text">
            <span className="truncate">{domain}</span>
            <ExternalLink size={11} aria-label="opens in a new window" className="shrink-0" />
          </a>
        ) : (
          <span className="block truncate text-xs text-muted">{shortdomain}</span>
        )}
      </div>
      <div className="shrink-0 sm:w-28">
        <StatusBadge shown={environmentStatus(status)} />
      </div>
      <div className="w-28 shrink-0 text-right text-xs text-muted max-sm:hidden">
        <Time at={created} />
      </div>
    </li>
  );
});
