import { OrderPage } from "@/environments/OrderPage";

export default function Page() {
  return <OrderPage />;
}
