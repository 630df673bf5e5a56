import { Start } from "@/shell/Start";

export default function Page() {
  return <Start />;
}
