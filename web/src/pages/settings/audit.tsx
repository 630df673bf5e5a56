import { AuditPage } from "@/settings/AuditPage";

export default function Page() {
  return <AuditPage />;
}
