/** What this browser remembers of the user's taste. */
import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
export type Times = "relative" | "absolute";

export interface Preferences {
  theme: Theme;
  times: Times;
}

const INITIAL: Preferences = { theme: "system", times: "relative" };
const listeners = new Set<() => void>();
let current: Preferences | undefined;

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function load(): Preferences {
  const theme = stored("slipway.theme");
  return {
    theme: theme === "light" || theme === "dark" ? theme : "system",
    times: stored("slipway.times") === "absolute" ? "absolute" : "relative",
  };
}

function paint(theme: Theme): void {
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  const media = matchMedia("(prefers-color-scheme: dark)");
  const changed = (): void => paint(snapshot().theme);
  media.addEventListener("change", changed);
  return () => {
    listeners.delete(listener);
    media.removeEventListener("change", changed);
  };
}

function snapshot(): Preferences {
  current ??= load();
  return current;
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, snapshot, () => INITIAL);
}

export function setPreference<K extends keyof Preferences>(key: K, value: Preferences[K]): void {
  current = { ...snapshot(), [key]: value };
  try {
    localStorage.setItem(`slipway.${key}`, value);
  } catch {
    // A browser that stores nothing keeps it until the page is left.
  }
  paint(current.theme);
  for (const listener of listeners) listener();
}
