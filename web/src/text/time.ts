/** Moments and durations as text. Moments on the wire are seconds since 1970, or milliseconds behind a point. */

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const ABSOLUTE = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const SHORT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function relative(seconds: number, now: number): string {
  const difference = seconds - now;
  const size = Math.abs(difference);
  if (size < 5) return "just now";
  if (size < 60) return RELATIVE.format(Math.round(difference), "second");
  if (size >= 30 * 86_400) return SHORT.format(seconds * 1_000);
  for (const [unit, length] of UNITS) {
    if (size >= length) return RELATIVE.format(Math.trunc(difference / length), unit);
  }
  return "just now";
}

export function absolute(seconds: number): string {
  return ABSOLUTE.format(seconds * 1_000);
}

export function short(seconds: number): string {
  return SHORT.format(seconds * 1_000);
}

export function clock(seconds: number): string {
  return CLOCK.format(seconds * 1_000);
}

/** A duration in seconds: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, seconds);
  if (whole < 10 && !Number.isInteger(whole)) return `${whole.toFixed(1)} s`;
  const rounded = Math.round(whole);
  if (rounded < 60) return `${rounded} s`;
  const minutes = Math.floor(rounded / 60);
  if (minutes < 60) return `${minutes} min ${String(rounded % 60).padStart(2, "0")} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
