import type { ComponentType } from "react";

import { SettingsFrame } from "./SettingsFrame";
import { type FramedPage, framed } from "@/shell/inConsole";
import { Shell } from "@/shell/Shell";

/** The page beside the other settings. */
export function inSettings(Content: ComponentType): FramedPage {
  return framed(Content, (page) => (
    <Shell>
      <SettingsFrame>{page}</SettingsFrame>
    </Shell>
  ));
}
