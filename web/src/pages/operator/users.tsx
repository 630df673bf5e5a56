import { UsersPage } from "@/operator/UsersPage";

export default function Page() {
  return <UsersPage />;
}
