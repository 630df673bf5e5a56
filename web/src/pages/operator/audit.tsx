import { PlatformAuditPage } from "@/operator/PlatformAuditPage";
import { inPlatform } from "@/operator/inPlatform";

export default inPlatform(PlatformAuditPage);
