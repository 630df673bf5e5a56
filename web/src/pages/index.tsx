export { Start as default } from "@/shell/Start";
