/** What the contract demands of a value, checked before it is sent; the service checks again. */
import constraints from "./constraints.json";

export type Constraints = typeof constraints;

interface Rules {
  required?: boolean;
  type?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
}

/** Patterns in words; the contract has them as regular expressions only. */
const PATTERNS: Record<string, string> = {
  "^[a-z][a-z0-9-]{1,30}[a-z0-9]$": "Begin with a letter; use lower-case letters, digits and hyphens; end with a letter or digit.",
  "^[a-z0-9][a-z0-9_-]*$": "Use lower-case letters, digits, hyphens and underscores.",
  "^[a-z0-9][a-z0-9._-]*$": "Use lower-case letters, digits, dots, hyphens and underscores.",
};

export function rulesOf<F extends keyof Constraints>(form: F, field: keyof Constraints[F]): Rules {
  return constraints[form][field] as Rules;
}

/** What is wrong with the text, as a sentence; undefined when nothing is. */
export function fault<F extends keyof Constraints>(form: F, field: keyof Constraints[F], value: string): string | undefined {
  const rules = rulesOf(form, field);
  if (value === "") return rules.required === true ? "This is needed." : undefined;
  if (rules.type === "integer") return numberFault(rules, value);
  if (rules.minLength !== undefined && value.length < rules.minLength) return `Use at least ${rules.minLength} characters.`;
  if (rules.maxLength !== undefined && value.length > rules.maxLength) return `Use at most ${rules.maxLength} characters.`;
  if (rules.pattern !== undefined && !new RegExp(rules.pattern, "u").test(value)) return PATTERNS[rules.pattern] ?? "This has a form that is not accepted.";
  return undefined;
}

function numberFault({ minimum = -Infinity, maximum = Infinity }: Rules, value: string): string | undefined {
  const number = Number(value);
  if (!Number.isInteger(number)) return "Use a whole number.";
  return number < minimum || number > maximum ? `Use a number from ${minimum} to ${maximum}.` : undefined;
}
