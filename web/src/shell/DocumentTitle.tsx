import Head from "next/head";
import { useSyncExternalStore } from "react";

import { documentTitle, subscribeToTitle } from "./pageTitle";

/** The one place that writes the document's title. */
export function DocumentTitle() {
  const title = useSyncExternalStore(subscribeToTitle, documentTitle, documentTitle);
  return (
    <Head>
      <title>{title}</title>
    </Head>
  );
}
