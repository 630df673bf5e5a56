import { OrderPage } from "@/environments/OrderPage";
import { inConsole } from "@/shell/inConsole";

export default inConsole(OrderPage);
