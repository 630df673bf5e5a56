/** Errors as sentences: what happened, and what to do. */
import { isTransient, ProblemError } from "slipway-client";

export interface Told {
  title: string;
  detail: string;
}

/** Where the service's own words need an addition, or are meant for programs. */
const SENTENCES: Record<string, Told> = {
  invalid_credentials: { title: "Sign-in failed", detail: "The e-mail address or the password is wrong." },
  not_authenticated: { title: "You are signed out", detail: "Sign in again to go on." },
  sign_in_refused: {
    title: "Sign-in refused",
    detail: "Another session of this account refused the sign-in. If that was not you, ask an operator to reset the password.",
  },
  outcome_unknown: {
    title: "The answer got lost",
    detail: "The order may or may not be recorded. Send it again: it is recorded once, whatever happened.",
  },
  overloaded: { title: "The service is busy", detail: "Wait a moment and try again." },
  database_unavailable: { title: "The service is not available", detail: "Its database does not answer. Try again in a moment." },
  idempotency_key_reused: { title: "Already sent", detail: "This form was sent before with other values. Reload the page and try again." },
  permission_missing: { title: "Not allowed", detail: "Your role in this team does not include this. Ask an admin or an owner of the team." },
  beyond_your_rights: { title: "Not allowed", detail: "Nobody can give more than they may do themselves." },
  last_owner: { title: "The last owner stays", detail: "Make another member an owner first." },
};

function seconds(value: number): string {
  const whole = Math.max(1, Math.ceil(value));
  return whole === 1 ? "1 second" : `${whole} seconds`;
}

export function problemText(error: unknown): Told {
  if (error instanceof ProblemError) {
    const known = error.code === undefined ? undefined : SENTENCES[error.code];
    const title = known?.title ?? error.problem?.title ?? `The service answered with ${error.status}`;
    let detail = known?.detail ?? error.problem?.detail ?? "Try again; if it happens again, tell whoever runs this service.";
    if (error.code === "rate_limited") detail = "Too many requests in too short a time.";
    if (error.retryAfter !== undefined && error.status === 429) detail += ` Try again in ${seconds(error.retryAfter)}.`;
    const places = error.problem?.errors ?? [];
    if (error.code === "invalid_request" && places.length > 0) {
      detail = places.map((place) => `${place.pointer.split("/").slice(2).join(" → ") || "The request"}: ${place.detail}`).join(". ");
    }
    return { title, detail };
  }
  if (isTransient(error)) {
    return { title: "No answer", detail: "The service did not answer. Check your connection and try again." };
  }
  return { title: "Something went wrong", detail: "Reload the page and try again." };
}

/** The problem's code and request, for a message to support; undefined when there is none. */
export function problemReference(error: unknown): string | undefined {
  if (!(error instanceof ProblemError)) return undefined;
  return [error.code, error.problem?.instance?.replace("urn:request:", "")].filter(Boolean).join(" · ") || undefined;
}
