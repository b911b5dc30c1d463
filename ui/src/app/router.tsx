/** Every page and its address. Pages are loaded when they are opened, their data with them. */
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { Broken, NotFound } from "./errors";
import { Shell } from "./shell";
import { conversation } from "@/api/conversation";
import { me } from "@/api/me";
import { ProblemError } from "@/api/problems";
import { ticket as ticketQuery } from "@/api/tickets";
import { focusPage, isFocusFree } from "@/lib/focus";
import { readSearch, writeSearch, type SearchValues } from "@/lib/search-text";

interface Context {
  queries: QueryClient;
}

/** Where somebody begins: staff at the tickets, a requester at the portal. */
export const home = (role: string) => (role === "requester" ? "/portal" : "/tickets");

const whole = <Name extends string>(name: Name, value: unknown) =>
  (Number.isSafeInteger(value) && Number(value) > 0 ? { [name]: value } : {}) as Partial<
    Record<Name, number>
  >;

const toldByThePage = () => undefined;

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: Broken,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { to?: string; problem?: string } => ({
    ...(typeof search["to"] === "string" && search["to"].startsWith("/")
      ? { to: search["to"] }
      : {}),
    ...(typeof search["problem"] === "string" ? { problem: search["problem"] } : {}),
  }),
  component: lazyRouteComponent(() => import("@/features/session/page"), "SignInPage"),
});

/** Everything behind it is for those who are signed in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      return { me: await context.queries.query({ ...me, staleTime: "static" }) };
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 401) throw error;
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- how the router is told
      throw redirect({ to: "/sign-in", search: { to: location.href } });
    }
  },
});

const start = createRoute({
  getParentRoute: () => inside,
  path: "/",
  beforeLoad: ({ context }) => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- how the router is told
    throw redirect({ to: home(context.me.role) });
  },
});

const tickets = createRoute({
  getParentRoute: () => inside,
  path: "/tickets",
  validateSearch: (search): SearchValues => search as SearchValues,
  component: lazyRouteComponent(() => import("@/features/queue/page"), "QueuePage"),
});

const ticket = createRoute({
  getParentRoute: () => inside,
  path: "/tickets/$ticket",
  // The past is an address, too: `version` as it was then, compared with `from`.
  validateSearch: (search): { version?: number; from?: number } => ({
    ...whole("version", search["version"]),
    ...whole("from", search["from"]),
  }),
  // Asked for as soon as somebody is about to open it, beside the page's code; waited for there.
  loader: ({ context: { queries }, params }) => {
    queries.query(ticketQuery(params.ticket)).catch(toldByThePage);
    queries.query(conversation(params.ticket)).catch(toldByThePage);
  },
  component: lazyRouteComponent(() => import("@/features/ticket/page"), "TicketPage"),
});

const settings = createRoute({
  getParentRoute: () => inside,
  path: "/settings",
  validateSearch: (search): SearchValues => search as SearchValues,
  component: lazyRouteComponent(() => import("@/features/settings/page"), "SettingsPage"),
});

const portal = createRoute({
  getParentRoute: () => inside,
  path: "/portal",
  component: lazyRouteComponent(() => import("@/features/portal/page"), "PortalPage"),
});

const newRequest = createRoute({
  getParentRoute: () => inside,
  path: "/portal/new",
  component: lazyRouteComponent(() => import("@/features/portal/new"), "NewRequestPage"),
});

const request = createRoute({
  getParentRoute: () => inside,
  path: "/portal/$number",
  component: lazyRouteComponent(() => import("@/features/portal/request"), "RequestPage"),
});

const tree = root.addChildren([
  signIn,
  inside.addChildren([start, tickets, ticket, settings, portal, newRequest, request]),
]);

export function makeRouter(queries: QueryClient) {
  const router = createRouter({
    routeTree: tree,
    parseSearch: readSearch,
    stringifySearch: writeSearch,
    context: { queries },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
  });
  // What was left has taken the focus with it, unless the new page has put it somewhere.
  router.subscribe("onRendered", ({ fromLocation, pathChanged }) => {
    if (fromLocation && pathChanged && isFocusFree()) focusPage();
  });
  return router;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
