import { GeneralPage } from "@/settings/GeneralPage";

export default function Page() {
  return <GeneralPage />;
}
