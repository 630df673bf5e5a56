/** Why a job failed, by its error code: a sentence, and what to do about it. */

export interface Failure {
  title: string;
  advice: string;
  /** Whether the same order may succeed when it is sent again. */
  retry: boolean;
}

const FAILURES: Record<string, Failure> = {
  name_taken: {
    title: "The name is taken at the provider",
    advice: "Another customer of the provider has an environment of this name. Order again with another short domain.",
    retry: false,
  },
  quota_exceeded: {
    title: "The provider account has reached its limit",
    advice: "Delete environments you no longer need, order fewer or smaller nodes, or ask the provider for a higher quota. Then retry.",
    retry: true,
  },
  invalid_spec: {
    title: "The provider does not accept these nodes",
    advice: "Order again with another software stack, region or size.",
    retry: false,
  },
  environment_not_found: {
    title: "The environment is not at the provider",
    advice: "Somebody removed it there, or the account changed. Check the provider account in the team settings.",
    retry: true,
  },
  provider_broken: {
    title: "The environment was created but does not work",
    advice: "The provider reported it as broken. Retry; if it happens again, ask the provider with the environment's name.",
    retry: true,
  },
  sign_in_refused: {
    title: "The provider refused the login",
    advice: "Login or password of the provider account are wrong. Ask an owner of the team to correct them in the team settings, then retry.",
    retry: true,
  },
  session_expired: {
    title: "The provider ended the session",
    advice: "Retry the job. If it happens again, check the provider account in the team settings.",
    retry: true,
  },
  provider_refused: {
    title: "The provider refused",
    advice: "The provider's own words are in the message above. Correct the order or the provider account, then retry.",
    retry: true,
  },
  provider_timeout: {
    title: "The provider did not answer in time",
    advice: "All attempts ended without an answer, and what had been begun was removed. Retry when the provider works again.",
    retry: true,
  },
  provider_unavailable: {
    title: "The provider is not available",
    advice: "All attempts failed. Nothing is left behind. Retry when the provider works again.",
    retry: true,
  },
  provider_busy: {
    title: "The provider is busy",
    advice: "Another action is going on with this environment at the provider. Wait a few minutes, then retry.",
    retry: true,
  },
  provider_error: { title: "The provider failed", advice: "Retry in a few minutes.", retry: true },
  provider_account_missing: {
    title: "The team has no provider account",
    advice: "An owner of the team can add one in the team settings. Then retry.",
    retry: true,
  },
  provider_secret_not_decryptable: {
    title: "The provider account cannot be read",
    advice: "The service's keys changed since the account was saved. Ask an operator, or save the account again in the team settings.",
    retry: true,
  },
  attempts_exhausted: { title: "No attempt came to an end", advice: "Retry the job; if it happens again, tell an operator.", retry: true },
  internal_error: { title: "An unexpected error", advice: "The error was recorded. Retry; if it happens again, tell an operator and name the job.", retry: true },
};

export function failureText(code: string | undefined): Failure {
  const known = code === undefined ? undefined : FAILURES[code];
  return known ?? { title: "The job failed", advice: "Read the message and the steps below, then retry.", retry: true };
}
