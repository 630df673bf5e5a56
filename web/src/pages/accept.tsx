export { AcceptPage as default } from "@/signin/AcceptPage";
