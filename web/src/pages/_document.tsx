import { Head, Html, Main, NextScript } from "next/document";

/** Set the theme before anything is painted; the choice is the browser's own, or this user's. */
const theme = `try{var t=localStorage.getItem("slipway.theme")}catch(e){}document.documentElement.dataset.theme=t==="light"||t==="dark"?t:matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"`;

export default function Document() {
  return (
    <Html lang="en" data-theme="light" suppressHydrationWarning>
      <Head>
        {/* Until the page writes its own (`shell/pageTitle.ts`), which `next/head` would undo at each drawing. */}
        <title>Slipway</title>
        <meta name="description" content="Order hosting environments and watch them being built." />
        <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f8f9fa" />
        <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0c0d10" />
        <link rel="icon" type="image/svg+xml" href="/icon.svg" />
        <script dangerouslySetInnerHTML={{ __html: theme }} />
      </Head>
      <body>
        <Main />
        <NextScript />
      </body>
    </Html>
  );
}
