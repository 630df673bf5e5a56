import { HealthPage } from "@/operator/HealthPage";

export default function Page() {
  return <HealthPage />;
}
