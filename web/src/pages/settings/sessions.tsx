import { SessionsPage } from "@/settings/SessionsPage";
import { inSettings } from "@/settings/inSettings";

export default inSettings(SessionsPage);
