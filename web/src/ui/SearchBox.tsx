import { Search } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";

import { cx } from "./cx";
import { INPUT } from "./Field";

/** A text that narrows a list; what was typed is handed on when the typing rests. "/" brings the cursor here. */
export function SearchBox({ value, onChange, label }: { value: string; onChange: (value: string) => void; label: string }) {
  const [typed, setTyped] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const handed = useRef(value);
  const handOn = useEffectEvent(onChange);
  useEffect(() => {
    if (typed === handed.current) return;
    const timer = setTimeout(() => {
      handed.current = typed;
      handOn(typed);
    }, 200);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => {
    if (value === handed.current) return;
    handed.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const at = event.target as HTMLElement;
      if (event.key !== "/" || event.metaKey || event.ctrlKey || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
  return (
    <div className="relative min-w-48 flex-1 lg:max-w-xs">
      <Search size={14} aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-faint" />
      <input ref={input} type="search" aria-label={label} placeholder={label} value={typed} onChange={(event) => setTyped(event.target.value)} className={cx(INPUT, "pl-8")} />
    </div>
  );
}
