export { SignInPage as default } from "@/signin/SignInPage";
