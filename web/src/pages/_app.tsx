import type { AppProps } from "next/app";

import "@/globals.css";
import type { FramedPage } from "@/shell/inConsole";
import { Providers } from "@/shell/Providers";

export default function App({ Component, pageProps }: AppProps & { Component: FramedPage }) {
  const page = <Component {...pageProps} />;
  return <Providers>{Component.frame === undefined ? page : Component.frame(page)}</Providers>;
}
