import { AuditPage } from "@/settings/AuditPage";
import { inSettings } from "@/settings/inSettings";

export default inSettings(AuditPage);
