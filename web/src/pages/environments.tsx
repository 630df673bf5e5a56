import { EnvironmentsPage } from "@/environments/EnvironmentsPage";
import { inConsole } from "@/shell/inConsole";

export default inConsole(EnvironmentsPage);
