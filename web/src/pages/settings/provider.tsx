import { ProviderPage } from "@/settings/ProviderPage";
import { inSettings } from "@/settings/inSettings";

export default inSettings(ProviderPage);
