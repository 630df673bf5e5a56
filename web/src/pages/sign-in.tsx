import { SignInPage } from "@/signin/SignInPage";

export default function Page() {
  return <SignInPage />;
}
