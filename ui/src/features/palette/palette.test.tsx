import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { Palette } from "./palette";
import { useActions } from "@/actions/registry";
import { show } from "@/test/render";

const run = vi.fn<(what?: string) => void>();

function Page({ open = false }: { open?: boolean }) {
  useActions([
    { id: "reply", label: "Reply", section: "ticket", keys: "r", run: () => run("reply") },
    {
      id: "resolve",
      label: "Resolve",
      section: "ticket",
      words: "close done",
      run: () => run("resolve"),
    },
    { id: "go", label: "Go to tickets", section: "go", keys: "g t", run: () => run("go") },
    { id: "merge", label: "Merge", section: "ticket", keys: "m", disabled: "It is closed.", run },
  ]);
  return (
    <>
      <textarea aria-label="text" />
      <Palette open={open} onClose={() => undefined} />
    </>
  );
}

test("an action is found by its words and done", async () => {
  const { user } = show(<Page open />);
  fireEvent.change(screen.getByRole("combobox"), { target: { value: "don" } });
  expect(screen.getAllByRole("option").map((option) => option.textContent)).toEqual([
    expect.stringContaining("Resolve"),
  ]);
  await user.keyboard("{Enter}");
  await vi.waitFor(() => expect(run).toHaveBeenCalledWith("resolve"));
});

test("keys do what they say, one after the other as well", async () => {
  const { user } = show(<Page />);
  await user.keyboard("r");
  expect(run).toHaveBeenLastCalledWith("reply");
  await user.keyboard("gt");
  expect(run).toHaveBeenLastCalledWith("go");
});

test("keys are not heard while somebody types, nor what cannot be done now", async () => {
  run.mockClear();
  const { user } = show(<Page />);
  await user.keyboard("m");
  await user.type(screen.getByLabelText("text"), "regt");
  expect(run).not.toHaveBeenCalled();
});
