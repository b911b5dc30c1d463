import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test, vi } from "vitest";
import { SignInForm } from "./form";
import { session } from "@/api/session";
import { show } from "@/test/render";
import { server } from "@/test/server";

const ADDRESS = "*/api/v1/session";

const problem = (status: number, type: string, headers = {}) =>
  HttpResponse.json(
    { type: `/problems/${type}`, status, title: type, detail: `${type}.`, request_id: "r1" },
    { status, headers },
  );

async function fillIn(user: ReturnType<typeof show>["user"]) {
  await user.type(screen.getByLabelText("E-mail"), "kim@example.com");
  await user.type(screen.getByLabelText("Password"), "secret");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
}

test("a session begins, and the page keeps no token", async () => {
  const asked = vi.fn();
  server.use(
    http.post(ADDRESS, async ({ request }) => {
      asked(await request.json());
      return HttpResponse.json({ token: null, csrf: "c1" }, { status: 201 });
    }),
  );
  const done = vi.fn();
  const { user } = show(<SignInForm onDone={done} />);
  await fillIn(user);
  await vi.waitFor(() => expect(done).toHaveBeenCalledOnce());
  expect(asked).toHaveBeenCalledWith({
    email: "kim@example.com",
    password: "secret",
    cookie: true,
  });
  expect([session.standing, session.csrf]).toEqual(["in", "c1"]);
});

test("what is refused is said, and what was typed stays", async () => {
  server.use(http.post(ADDRESS, () => problem(401, "wrong-password")));
  const { user } = show(<SignInForm onDone={vi.fn()} />);
  await fillIn(user);
  expect(await screen.findByRole("alert")).toHaveTextContent(
    "E-mail address or password is wrong.",
  );
  expect(screen.getByLabelText("E-mail")).toHaveValue("kim@example.com");
});

test("a lockout says how long, in the reader's language", async () => {
  server.use(http.post(ADDRESS, () => problem(429, "locked-out", { "Retry-After": "40" })));
  const { user } = show(<SignInForm onDone={vi.fn()} />, "ko");
  await user.type(screen.getByLabelText("이메일"), "kim@example.com");
  await user.type(screen.getByLabelText("비밀번호"), "secret");
  await user.click(screen.getByRole("button", { name: "로그인" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("40초");
});
