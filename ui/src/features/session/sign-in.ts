/** Signing in with e-mail and password, or by way of a provider. */
import { queryOptions } from "@tanstack/react-query";
import { api, data, forgetPosition } from "@/api/client";
import { session } from "@/api/session";

/** What this desk offers before anybody is signed in. */
export const ways = queryOptions({
  queryKey: ["sign-in"],
  queryFn: () => data(api.GET("/api/v1/sign-in")),
  staleTime: 60_000,
});

/** Begin a session that the browser keeps. Throws ProblemError when it is refused. */
export async function signIn(email: string, password: string): Promise<void> {
  const begun = await data(
    api.POST("/api/v1/session", { body: { email, password, cookie: true } }),
  );
  forgetPosition();
  session.enter(begun.csrf);
}
