import { AcceptPage } from "@/signin/AcceptPage";

export default function Page() {
  return <AcceptPage />;
}
