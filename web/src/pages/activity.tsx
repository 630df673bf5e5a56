import { ActivityPage } from "@/activity/ActivityPage";
import { inConsole } from "@/shell/inConsole";

export default inConsole(ActivityPage);
