import type { ReactNode } from "react";

import { OperatorFrame } from "@/operator/OperatorFrame";

export default function Layout({ children }: { children: ReactNode }) {
  return <OperatorFrame>{children}</OperatorFrame>;
}
