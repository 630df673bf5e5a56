import { UsersPage } from "@/operator/UsersPage";
import { inPlatform } from "@/operator/inPlatform";

export default inPlatform(UsersPage);
