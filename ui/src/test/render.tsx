/** Shows a component with all that it expects around it. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { Actions } from "@/actions/registry";
import { Toasts } from "@/components/toasts";
import en from "@/i18n/en.json";
import { Intl, type Locale } from "@/i18n/intl";
import ko from "@/i18n/ko.json";

const CATALOGUES = { en, ko };

export function show(children: ReactNode, locale: Locale = "en") {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const user = userEvent.setup();
  const shown = render(
    <Intl first={{ locale, messages: CATALOGUES[locale] }}>
      <QueryClientProvider client={queries}>
        <Actions>
          <Toasts>{children}</Toasts>
        </Actions>
      </QueryClientProvider>
    </Intl>,
  );
  return { ...shown, user, queries };
}
