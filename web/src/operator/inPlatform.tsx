import type { ComponentType } from "react";

import { OperatorFrame } from "./OperatorFrame";
import { type FramedPage, framed } from "@/shell/inConsole";
import { Shell } from "@/shell/Shell";

/** The page beside the others for platform operators. */
export function inPlatform(Content: ComponentType): FramedPage {
  return framed(Content, (page) => (
    <Shell>
      <OperatorFrame>{page}</OperatorFrame>
    </Shell>
  ));
}
