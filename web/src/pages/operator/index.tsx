import { TeamsPage } from "@/operator/TeamsPage";
import { inPlatform } from "@/operator/inPlatform";

export default inPlatform(TeamsPage);
