import { TokensPage } from "@/settings/TokensPage";

export default function Page() {
  return <TokensPage />;
}
