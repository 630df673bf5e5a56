import { GeneralPage } from "@/settings/GeneralPage";
import { inSettings } from "@/settings/inSettings";

export default inSettings(GeneralPage);
