import { ActivityPage } from "@/activity/ActivityPage";

export default function Page() {
  return <ActivityPage />;
}
