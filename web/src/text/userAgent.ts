/** A program that called itself by a long text, for people: browser and system. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/HeadlessChrome\/|Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

export function browserName(text: string | undefined): string {
  if (text === undefined || text === "") return "unknown";
  const find = (list: typeof BROWSERS): string | undefined => list.find(([pattern]) => pattern.test(text))?.[1];
  const browser = find(BROWSERS);
  if (browser === undefined) return text.split(" ")[0] ?? text;
  const system = find(SYSTEMS);
  return system === undefined ? browser : `${browser} on ${system}`;
}
