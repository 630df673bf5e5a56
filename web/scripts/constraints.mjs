/**
 * Takes from the contract what forms have to know (lengths, patterns, bounds) into src/data/constraints.json.
 * With --check it only says whether the file is current.
 */
import { readFileSync, writeFileSync } from "node:fs";

const FORMS = ["EnvironmentCreateRequest", "NodeSpec", "LoginRequest", "PasswordChange", "InvitationAcceptance", "InvitationRequest", "ApiTokenRequest", "ProviderAccountChange", "TeamChange", "TeamRequest", "AccountRequest"];
const KEPT = ["type", "minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems", "maxProperties", "format"];
const TARGET = new URL("../src/data/constraints.json", import.meta.url);

const { schemas } = JSON.parse(readFileSync(new URL("../../generated/documents/openapi.json", import.meta.url), "utf8")).components;

function resolved(schema) {
  const name = schema.$ref?.split("/").at(-1);
  return name === undefined ? schema : { ...resolved(schemas[name]), ...schema };
}

function rulesOf(schema) {
  const whole = resolved(schema);
  return Object.fromEntries(KEPT.filter((key) => key in whole).map((key) => [key, whole[key]]));
}

function form(name) {
  const { required = [], properties } = schemas[name];
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, { required: required.includes(key), ...rulesOf(value) }]));
}

const text = `${JSON.stringify(Object.fromEntries(FORMS.map((name) => [name, form(name)])), undefined, 2)}\n`;
if (process.argv.includes("--check")) {
  if (readFileSync(TARGET, "utf8") !== text) {
    console.error("src/data/constraints.json does not say what the contract says; run `node scripts/constraints.mjs`.");
    process.exit(1);
  }
} else {
  writeFileSync(TARGET, text);
}
