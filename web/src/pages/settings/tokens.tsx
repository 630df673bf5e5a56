import { TokensPage } from "@/settings/TokensPage";
import { inSettings } from "@/settings/inSettings";

export default inSettings(TokensPage);
