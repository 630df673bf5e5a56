import { TeamsPage } from "@/operator/TeamsPage";

export default function Page() {
  return <TeamsPage />;
}
