import type { NextPage } from "next";
import type { ComponentType, ReactNode } from "react";

import { Shell } from "./Shell";

/** A page with the frame around it, which stays when the next page has the same. */
export type FramedPage = NextPage & { frame?: (page: ReactNode) => ReactNode };

/** The page within a frame. */
export function framed(Content: ComponentType, frame: (page: ReactNode) => ReactNode): FramedPage {
  const Page: FramedPage = () => <Content />;
  Page.frame = frame;
  return Page;
}

/** The page for who is signed in, within the console's frame. */
export function inConsole(Content: ComponentType): FramedPage {
  return framed(Content, (page) => <Shell>{page}</Shell>);
}
