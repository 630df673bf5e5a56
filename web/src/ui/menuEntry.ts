/** What a menu is made of. */
import type { ReactNode } from "react";

export interface MenuEntry {
  key: string;
  label: ReactNode;
  icon?: ReactNode;
  /** Set for one of several choices. */
  checked?: boolean;
  danger?: boolean;
  onSelect: () => void;
}

/** Entries under a heading, or under a line. */
export interface MenuGroup {
  key: string;
  heading?: string;
  entries: readonly MenuEntry[];
}
