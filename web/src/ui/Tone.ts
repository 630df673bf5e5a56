/** The tones of states, as classes; each has an icon and a word beside it wherever it is used. */
export type Tone = "success" | "running" | "waiting" | "failed" | "neutral";

export const SOFT: Record<Tone, string> = {
  success: "bg-success-soft text-success",
  running: "bg-running-soft text-running",
  waiting: "bg-waiting-soft text-waiting",
  failed: "bg-failed-soft text-failed",
  neutral: "bg-neutral-soft text-neutral",
};

export const SOLID: Record<Tone, string> = {
  success: "bg-success-line",
  running: "bg-running-line",
  waiting: "bg-waiting-line",
  failed: "bg-failed-line",
  neutral: "bg-neutral-line",
};

export const INK: Record<Tone, string> = {
  success: "text-success",
  running: "text-running",
  waiting: "text-waiting",
  failed: "text-failed",
  neutral: "text-neutral",
};
