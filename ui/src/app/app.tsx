import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useState } from "react";
import { makeRouter } from "./router";
import { Actions } from "@/actions/registry";
import { ProblemError } from "@/api/problems";
import { Toasts } from "@/components/toasts";
import { Intl, type Spoken } from "@/i18n/intl";

/** Refusals stay what they are; what is away for a moment is asked for again, ever slower. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) =>
          error instanceof ProblemError ? error.status === 503 && failures < 6 : failures < 6,
        retryDelay: (failures) => Math.min(500 * 2 ** failures, 15_000),
      },
    },
  });
}

/** The whole application, in the language `first` to begin with. */
export function App({ first }: { first: Spoken }) {
  const [queries] = useState(makeQueryClient);
  const [router] = useState(() => makeRouter(queries));
  return (
    <Intl first={first}>
      <QueryClientProvider client={queries}>
        <Actions>
          <Toasts>
            <RouterProvider router={router} />
          </Toasts>
        </Actions>
      </QueryClientProvider>
    </Intl>
  );
}
