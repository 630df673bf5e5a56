import * as Radix from "@radix-ui/react-dropdown-menu";
import { Check } from "lucide-react";
import type { ReactElement } from "react";

import { cx } from "./cx";
import type { MenuEntry, MenuGroup } from "./menuEntry";

export interface MenuContentProps {
  trigger: ReactElement;
  groups: readonly MenuGroup[];
  label: string;
  align: "start" | "end";
}

const ITEM = "flex w-full cursor-default items-center gap-2 rounded-md px-2 py-1.5 text-sm outline-none select-none data-highlighted:bg-hover max-lg:py-2.5";

/** The menu itself; it is open when it is first drawn, because it was asked for. */
export function MenuContent({ trigger, groups, label, align }: MenuContentProps) {
  return (
    <Radix.Root modal={false} defaultOpen>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      {/* Where its button is, not at the body's end: there it would be outside all landmarks. */}
        <Radix.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          aria-label={label}
          className="appear z-50 max-h-[70vh] min-w-52 overflow-y-auto rounded-lg border bg-surface p-1 shadow-lifted"
        >
          {groups.map((group, index) => (
            <Radix.Group key={group.key}>
              {index > 0 && group.heading === undefined && <Radix.Separator className="-mx-1 my-1 h-px bg-line" />}
              {group.heading !== undefined && <Radix.Label className="px-2 pt-1.5 pb-1 text-2xs font-medium text-faint">{group.heading}</Radix.Label>}
              {group.entries.map((entry) => (
                <Entry key={entry.key} entry={entry} />
              ))}
            </Radix.Group>
          ))}
        </Radix.Content>
    </Radix.Root>
  );
}

function Entry({ entry }: { entry: MenuEntry }) {
  const inside = (
    <>
      {entry.icon !== undefined && <span className="text-muted">{entry.icon}</span>}
      <span className="min-w-0 flex-1 truncate">{entry.label}</span>
      {entry.checked === true && <Check size={14} aria-hidden className="text-accent-text" />}
    </>
  );
  if (entry.checked !== undefined) {
    return (
      <Radix.CheckboxItem checked={entry.checked} onSelect={entry.onSelect} className={ITEM}>
        {inside}
      </Radix.CheckboxItem>
    );
  }
  return (
    <Radix.Item onSelect={entry.onSelect} className={cx(ITEM, entry.danger === true && "text-failed")}>
      {inside}
    </Radix.Item>
  );
}
