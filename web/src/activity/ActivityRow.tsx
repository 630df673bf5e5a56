import { CirclePlay, KeyRound, type LucideIcon, ShieldAlert, Users } from "lucide-react";
import Link from "next/link";
import { memo } from "react";
import type { LoggedEvent, StreamEvent } from "slipway-client";

import { numberOf } from "@/live/position";
import { jobStatus, teamStatus } from "@/text/status";
import { CopyId } from "@/ui/CopyId";
import { cx } from "@/ui/cx";
import { Time } from "@/ui/Time";
import { SOFT, type Tone } from "@/ui/Tone";

interface Shown {
  icon: LucideIcon;
  tone: Tone;
  title: string;
  href?: string;
}

function shownOf(event: StreamEvent): Shown {
  switch (event.type) {
    case "job_status": {
      const { icon, tone, spin } = jobStatus(event.status);
      // What was told is over; only what goes on turns.
      return { icon: spin === true ? CirclePlay : icon, tone, title: event.env_name, href: `/job?id=${event.job_id}` };
    }
    case "team_status_changed":
      return { icon: Users, tone: teamStatus(event.status).tone, title: "Team" };
    case "concurrent_login_requested":
    case "concurrent_login_answered":
      return { icon: ShieldAlert, tone: "waiting", title: "Your account" };
    case "session_revoked":
      return { icon: KeyRound, tone: "neutral", title: "Your account" };
    default:
      return { icon: Users, tone: "neutral", title: (event as { type: string }).type };
  }
}

interface ActivityRowProps {
  item: LoggedEvent;
  who: string | undefined;
  /** Where all rows are of one environment, what else tells them apart. */
  named?: string;
}

export const ActivityRow = memo(function ActivityRow({ item, who, named }: ActivityRowProps) {
  const { icon: Icon, tone, title, href } = shownOf(item.event);
  return (
    <li className="offscreen-lazy relative flex items-center gap-3 px-4 py-2.5 hover:bg-hover">
      <span className={cx("grid size-7 shrink-0 place-items-center rounded-full", SOFT[tone])}>
        <Icon size={14} aria-hidden />
      </span>
      <div className="min-w-0 flex-1 text-sm">
        <p className="truncate max-sm:line-clamp-2 max-sm:whitespace-normal">
          {href === undefined ? (
            <span className="font-medium">{named ?? title}</span>
          ) : (
            <Link href={href} className="font-medium after:absolute after:inset-0">
              {named ?? title}
            </Link>
          )}{" "}
          <span className="text-muted">{item.event.message}</span>
        </p>
        {who !== undefined && <p className="truncate text-xs text-muted">{who}</p>}
      </div>
      <span className="relative text-xs max-sm:hidden">
        <CopyId value={item.id} name="event id">{`#${numberOf(item.id)}`}</CopyId>
      </span>
      <span className="w-24 shrink-0 text-right text-xs text-muted">
        <Time at={item.recorded_at_ms / 1_000} />
      </span>
    </li>
  );
});
