import { Badge } from "./Badge";
import type { Shown } from "@/text/status";

export function StatusBadge({ shown }: { shown: Shown }) {
  return (
    <Badge tone={shown.tone} icon={shown.icon} spin={shown.spin ?? false}>
      {shown.label}
    </Badge>
  );
}
