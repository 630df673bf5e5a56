import { HealthPage } from "@/operator/HealthPage";
import { inPlatform } from "@/operator/inPlatform";

export default inPlatform(HealthPage);
