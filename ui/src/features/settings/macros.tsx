import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import styles from "./settings.module.css";
import { Shelf, ShelfForm } from "./shelf";
import { changeThing, createThing, everyMacro, type Macro } from "@/api/configuration";
import { agents, queues } from "@/api/people";
import { Button } from "@/components/button";
import { SelectField, TextField } from "@/components/field";

type Step = Macro["steps"][number];

/** The commands that a macro is put together of here, each with the field that makes it. */
const STEPS = {
  assign: "agent",
  move_to_queue: "queue",
  prioritise: "priority",
  categorise: "category",
  tag: "tag",
  untag: "tag",
  add_note: "body",
  reply: "body",
  pend: "reason",
  hold: "reason",
  resolve: "code",
} as const;
type StepName = keyof typeof STEPS;

const isKnown = (name: unknown): name is StepName => typeof name === "string" && name in STEPS;

/** Several changes of a ticket under one name, done at once or not at all. */
export function Macros() {
  const t = useTranslations("settings");
  return (
    <Shelf
      thing="macro"
      title={t("tab.macros")}
      items={useQuery(everyMacro).data}
      about={(item) => item.steps.map((step) => stepName(t, step)).join(" · ")}
      form={(item, done) => <MacroForm item={item} onDone={done} />}
    />
  );
}

function stepName(t: ReturnType<typeof useTranslations<"settings">>, step: Step): string {
  const name = step["command"];
  return isKnown(name) ? t(`step.${name}`) : String(name);
}

function MacroForm({ item, onDone }: { item: Macro | null; onDone: () => void }) {
  const t = useTranslations("settings");
  const [name, setName] = useState(item?.name ?? "");
  const [folder, setFolder] = useState(item?.folder ?? "");
  const [steps, setSteps] = useState<readonly Step[]>(
    item?.steps ?? [{ command: "assign", agent: "" }],
  );
  const put = (at: number, step: Step) => setSteps(steps.with(at, step));
  const save = async () => {
    const wanted = steps.map((step) =>
      step["command"] === "prioritise" && !step["reason"] ? { ...step, reason: name } : step,
    );
    if (!item) {
      await createThing("macro", {
        display_name: name,
        folder: folder || null,
        shared: true,
        steps: wanted,
      });
      return;
    }
    if (name !== item.name)
      await changeThing("macro", item.id, "rename_macro", { display_name: name });
    if ((folder || null) !== item.folder)
      await changeThing("macro", item.id, "move_macro", { folder: folder || null });
    if (JSON.stringify(wanted) !== JSON.stringify(item.steps))
      await changeThing("macro", item.id, "rewrite_macro", { steps: wanted });
  };
  return (
    <ShelfForm onSave={save} onDone={onDone}>
      <div className={styles["pair"]}>
        <TextField
          label={t("name")}
          value={name}
          onChange={(event) => setName(event.target.value)}
          required
        />
        <TextField
          label={t("folder")}
          value={folder}
          onChange={(event) => setFolder(event.target.value)}
        />
      </div>
      <ol className={styles["steps"]} aria-label={t("steps")}>
        {steps.map((step, at) => (
          <li key={at} className={styles["step"]}>
            <SelectField
              label={t("stepOf", { n: at + 1 })}
              value={String(step["command"])}
              onChange={(event) => {
                const command = event.target.value as StepName;
                put(at, { command, [STEPS[command]]: command === "resolve" ? "solved" : "" });
              }}
            >
              {!isKnown(step["command"]) && <option>{String(step["command"])}</option>}
              {Object.keys(STEPS).map((command) => (
                <option key={command} value={command}>
                  {t(`step.${command as StepName}`)}
                </option>
              ))}
            </SelectField>
            <StepValue step={step} onChange={(changed) => put(at, changed)} />
            <Button
              look="quiet"
              icon={Trash2}
              aria-label={t("removeStep", { n: at + 1 })}
              disabled={steps.length === 1}
              onClick={() => setSteps(steps.toSpliced(at, 1))}
            />
          </li>
        ))}
      </ol>
      <div>
        <Button onClick={() => setSteps([...steps, { command: "tag", tag: "" }])}>
          {t("addStep")}
        </Button>
      </div>
    </ShelfForm>
  );
}

const PRIORITIES = ["urgent", "high", "normal", "low"] as const;

function StepValue({ step, onChange }: { step: Step; onChange: (step: Step) => void }) {
  const t = useTranslations();
  const people = useQuery(agents).data ?? [];
  const places = useQuery(queues).data ?? [];
  const command = step["command"];
  if (!isKnown(command)) return <span />;
  const field = STEPS[command];
  const value = String(step[field] ?? "");
  const label = t(`settings.value.${field}`);
  const put = (changed: string) => onChange({ ...step, [field]: changed });
  const options =
    field === "agent"
      ? people.map((one) => ({ id: one.id, name: one.name }))
      : field === "queue"
        ? places.map((one) => ({ id: one.id, name: one.name }))
        : field === "priority"
          ? PRIORITIES.map((one) => ({ id: one, name: t(`priority.${one}`) }))
          : null;
  if (!options)
    return (
      <TextField
        label={label}
        value={value}
        onChange={(event) => put(event.target.value)}
        required
      />
    );
  return (
    <SelectField label={label} value={value} onChange={(event) => put(event.target.value)} required>
      <option value="" />
      {options.map((option) => (
        <option key={option.id} value={option.id}>
          {option.name}
        </option>
      ))}
    </SelectField>
  );
}
