import { JobsPage } from "@/jobs/JobsPage";
import { inConsole } from "@/shell/inConsole";

export default inConsole(JobsPage);
