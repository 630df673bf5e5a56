/** The console is a static export; in development the API of a running stack is behind the same origin. */
import { PHASE_DEVELOPMENT_SERVER } from "next/constants";
import type { NextConfig } from "next";

const stack = process.env["SLIPWAY_ORIGIN"] ?? "http://127.0.0.1:8000";

const common: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // The committed files must not differ from build to build.
  generateBuildId: () => "console",
  images: { unoptimized: true },
  // `npm run types` checks them; here it would be done twice.
  typescript: { ignoreBuildErrors: true },
};

export default function config(phase: string): NextConfig {
  // A check builds beside what is committed, and compares.
  const beside = process.env["CONSOLE_EXPORT"];
  if (phase !== PHASE_DEVELOPMENT_SERVER) return { ...common, output: "export", ...(beside === undefined ? {} : { distDir: beside }) };
  return {
    ...common,
    // Compression would hold back the frames of an event stream.
    compress: false,
    devIndicators: false,
    rewrites: async () =>
      ["/api/:path*", "/docs/:path*", "/docs"].map((source) => ({ source, destination: `${stack}${source}` })),
  };
}
