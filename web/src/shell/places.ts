/** The places of the console. */
import { Activity, Boxes, ListChecks, type LucideIcon, Settings, ShieldCheck } from "lucide-react";
import type { Permission } from "slipway-client";

export interface Place {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Paths below it that light it up, too. */
  within: readonly string[];
  needs?: Permission;
}

export const PLACES: readonly Place[] = [
  { href: "/environments", label: "Environments", icon: Boxes, within: ["/environment", "/order"], needs: "environments:read" },
  { href: "/jobs", label: "Jobs", icon: ListChecks, within: ["/job"], needs: "jobs:read" },
  { href: "/activity", label: "Activity", icon: Activity, within: [], needs: "jobs:read" },
  { href: "/settings", label: "Settings", icon: Settings, within: [] },
  { href: "/operator", label: "Platform", icon: ShieldCheck, within: [], needs: "platform:operate" },
];

export function isAt(path: string, place: Place): boolean {
  return [place.href, ...place.within].some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}
