import { JobPage } from "@/job/JobPage";
import { inConsole } from "@/shell/inConsole";

export default inConsole(JobPage);
