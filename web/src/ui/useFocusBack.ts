import { useState } from "react";

/** What had the focus when a dialog opened gets it back; Radix knows only of triggers within the dialog's own root. */
export function useFocusBack(): (event: Event) => void {
  const [opener] = useState(() => document.activeElement);
  return (event) => {
    event.preventDefault();
    if (opener instanceof HTMLElement) opener.focus();
  };
}
