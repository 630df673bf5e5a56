import { EnvironmentPage } from "@/environments/EnvironmentPage";
import { inConsole } from "@/shell/inConsole";

export default inConsole(EnvironmentPage);
