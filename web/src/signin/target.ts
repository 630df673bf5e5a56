/** Where to go after the sign-in: the path that was asked for, and never another origin. */
export function target(next: string | null, origin: string): string {
  const home = "/environments";
  if (next === null || !next.startsWith("/")) return home;
  try {
    const url = new URL(next, origin);
    return url.origin === origin && !url.pathname.startsWith("/sign-in") ? `${url.pathname}${url.search}` : home;
  } catch {
    return home;
  }
}
