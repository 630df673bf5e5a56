import { Compass } from "lucide-react";

import { ButtonLink } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <h1 className="sr-only">Page not found</h1>
      <EmptyState icon={Compass} title="There is no page here" action={<ButtonLink href="/environments">Go to the environments</ButtonLink>}>
        The address may be mistyped, or the page has moved.
      </EmptyState>
    </main>
  );
}
