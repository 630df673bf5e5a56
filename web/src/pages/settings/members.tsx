import { MembersPage } from "@/settings/MembersPage";
import { inSettings } from "@/settings/inSettings";

export default inSettings(MembersPage);
