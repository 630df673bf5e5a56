import { DeadLettersPage } from "@/operator/DeadLettersPage";
import { inPlatform } from "@/operator/inPlatform";

export default inPlatform(DeadLettersPage);
