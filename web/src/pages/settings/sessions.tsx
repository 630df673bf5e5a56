import { SessionsPage } from "@/settings/SessionsPage";

export default function Page() {
  return <SessionsPage />;
}
