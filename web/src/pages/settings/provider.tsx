import { ProviderPage } from "@/settings/ProviderPage";

export default function Page() {
  return <ProviderPage />;
}
