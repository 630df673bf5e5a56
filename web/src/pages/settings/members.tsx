import { MembersPage } from "@/settings/MembersPage";

export default function Page() {
  return <MembersPage />;
}
