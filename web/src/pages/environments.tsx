import { EnvironmentsPage } from "@/environments/EnvironmentsPage";

export default function Page() {
  return <EnvironmentsPage />;
}
