"use client";
import * as Radix from "@radix-ui/react-dropdown-menu";
import { Check } from "lucide-react";
import type { ReactNode } from "react";

import { cx } from "./cx";

export function Menu({ trigger, children, align = "start", label }: { trigger: ReactNode; children: ReactNode; align?: "start" | "end"; label?: string }) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          aria-label={label}
          className="appear z-50 max-h-[70vh] min-w-52 overflow-y-auto rounded-lg border bg-surface p-1 shadow-lifted"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const ITEM =
  "flex w-full cursor-default items-center gap-2 rounded-md px-2 py-1.5 text-sm outline-none select-none data-highlighted:bg-hover data-disabled:opacity-50 max-lg:py-2.5";

export function MenuItem({ onSelect, icon, checked, danger = false, children, disabled = false }: { onSelect: () => void; icon?: ReactNode; checked?: boolean; danger?: boolean; children: ReactNode; disabled?: boolean }) {
  const inside = (
    <>
      {icon !== undefined && <span className="text-muted">{icon}</span>}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {checked === true && <Check size={14} aria-hidden className="text-accent-text" />}
    </>
  );
  if (checked !== undefined) {
    return (
      <Radix.CheckboxItem checked={checked} onSelect={onSelect} disabled={disabled} className={ITEM}>
        {inside}
      </Radix.CheckboxItem>
    );
  }
  return (
    <Radix.Item onSelect={onSelect} disabled={disabled} className={cx(ITEM, danger && "text-failed")}>
      {inside}
    </Radix.Item>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 pt-1.5 pb-1 text-2xs font-medium tracking-wide text-faint uppercase">{children}</Radix.Label>;
}

export function MenuLine() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
}
