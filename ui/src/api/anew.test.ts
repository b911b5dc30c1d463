import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { readAnew } from "./anew";

test("a first read that began before the news is read once more", async () => {
  const queries = new QueryClient();
  let value = "old";
  let answer: () => void = () => undefined;
  const observer = new QueryObserver(queries, {
    queryKey: ["ticket", "1"],
    queryFn: () => {
      const read = value;
      return new Promise<string>((resolve) => (answer = () => resolve(read)));
    },
  });
  const stop = observer.subscribe(() => undefined);
  value = "new";
  const done = readAnew(queries, { queryKey: ["ticket"] });
  answer();
  await expect
    .poll(
      () =>
        observer.getCurrentResult().fetchStatus === "fetching" && observer.getCurrentResult().data,
    )
    .toBe("old");
  answer();
  await done;
  expect(observer.getCurrentResult().data).toBe("new");
  stop();
});
