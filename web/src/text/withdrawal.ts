/** Why a session or a stream ended, as a sentence. */
import type { WithdrawalCause } from "slipway-client";

const SENTENCES: Record<WithdrawalCause, string> = {
  session_revoked: "This session was ended in another window or on another device.",
  session_expired: "The session was over after its time.",
  password_changed: "The password of this account was changed.",
  token_revoked: "The token was revoked.",
  token_expired: "The token was over after its time.",
  user_disabled: "This account was disabled. Ask an operator.",
  membership_removed: "You are no longer a member of the team.",
  permission_lost: "Your role in the team changed.",
  team_inactive: "The team is not active.",
};

export function withdrawalText(cause: WithdrawalCause | "unknown" | undefined): string {
  const known = cause === undefined || cause === "unknown" ? undefined : SENTENCES[cause];
  return known ?? "The session is over. That happens after a time without use, or when it is ended elsewhere.";
}
