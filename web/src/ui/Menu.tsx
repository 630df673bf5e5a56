/**
 * A button with a menu. What draws the menu is loaded when the pointer or the focus comes near, so that
 * no page waits for it.
 */
import { cloneElement, type ComponentType, type MouseEvent, type ReactElement, useState } from "react";

import type { MenuContentProps } from "./MenuContent";
import type { MenuGroup } from "./menuEntry";

interface MenuProps {
  trigger: ReactElement<{ onClick?: (event: MouseEvent) => void; onPointerEnter?: () => void; onFocus?: () => void; "aria-haspopup"?: "menu"; "aria-expanded"?: boolean }>;
  groups: readonly MenuGroup[];
  label: string;
  align?: "start" | "end";
}

let loaded: ComponentType<MenuContentProps> | undefined;
let loading: Promise<void> | undefined;

function load(): Promise<void> {
  loading ??= import("./MenuContent").then((module) => {
    loaded = module.MenuContent;
  });
  return loading;
}

export function Menu({ trigger, groups, label, align = "start" }: MenuProps) {
  const [asked, setAsked] = useState(false);
  const [, setReady] = useState(false);
  const near = (): void => void load().then(() => setReady(true));
  const Content = loaded;
  if (asked && Content !== undefined) return <Content trigger={trigger} groups={groups} label={label} align={align} />;
  return cloneElement(trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onPointerEnter: near,
    onFocus: near,
    onClick: () => {
      setAsked(true);
      near();
    },
  });
}
