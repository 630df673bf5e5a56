import { DeadLettersPage } from "@/operator/DeadLettersPage";

export default function Page() {
  return <DeadLettersPage />;
}
