import { PlatformAuditPage } from "@/operator/PlatformAuditPage";

export default function Page() {
  return <PlatformAuditPage />;
}
