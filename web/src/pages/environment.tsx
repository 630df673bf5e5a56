import { EnvironmentPage } from "@/environments/EnvironmentPage";

export default function Page() {
  return <EnvironmentPage />;
}
