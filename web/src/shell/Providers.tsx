import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ProblemError } from "slipway-client";

import { keys } from "@/data/keys";
import { Toasts } from "@/ui/toasts";

function made(): QueryClient {
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // Whatever is refused because nobody is signed in tells of the session's end.
        const signedOut = error instanceof ProblemError && error.status === 401;
        if (signedOut && query.queryKey[0] !== keys.me[0]) void queries.invalidateQueries({ queryKey: keys.me });
      },
    }),
    // The client itself tries again, as the contract allows.
    defaultOptions: { queries: { retry: false, staleTime: 30_000, gcTime: 10 * 60_000 }, mutations: { retry: false } },
  });
  return queries;
}

export function Providers({ children }: { children: ReactNode }) {
  const [queries] = useState(made);
  return (
    <QueryClientProvider client={queries}>
      <Toasts>{children}</Toasts>
    </QueryClientProvider>
  );
}
