/** The text of a reply or a note: `@` completes colleagues in notes, `/` canned responses. */
import * as Ariakit from "@ariakit/react";
import { useQuery } from "@tanstack/react-query";
import { useImperativeHandle, useLayoutEffect, useMemo, useRef, useState, type Ref } from "react";
import styles from "./composer.module.css";
import { everyCannedResponse } from "@/api/configuration";
import { agents } from "@/api/people";
import { Avatar } from "@/components/words";
import { focusPage } from "@/lib/focus";

/** Lines of a list that opens while somebody types. */
const MOST = 8;

export interface WritingHandle {
  focus: () => void;
  insert: (text: string) => void;
}

interface WritingProps {
  ref?: Ref<WritingHandle>;
  value: string;
  label: string;
  placeholder: string;
  mentions: boolean;
  onChange: (value: string) => void;
  onMention: (agent: string) => void;
  /** A canned response was chosen; what was typed to find it is taken out of the text first. */
  onCanned: (id: string) => void;
  onSend: () => void;
  onFiles: (files: File[]) => void;
}

interface Trigger {
  sign: "@" | "/";
  begin: number;
  query: string;
}

/** The word before the caret, when it begins with a sign that completes something. */
export function triggerAt(text: string, caret: number, signs: string): Trigger | null {
  const found = /(?:^|[\s(])([@/])([^\s@/]{0,40})$/u.exec(text.slice(0, caret));
  const [, sign, query = ""] = found ?? [];
  if (!sign || !signs.includes(sign)) return null;
  return { sign: sign as "@" | "/", begin: caret - query.length - 1, query };
}

export function Writing({
  ref,
  value,
  label,
  placeholder,
  mentions,
  onChange,
  onMention,
  onCanned,
  onSend,
  onFiles,
}: WritingProps) {
  const box = useRef<HTMLTextAreaElement>(null);
  const [trigger, setTrigger] = useState<Trigger | null>(null);
  const caret = useRef<number | null>(null);
  const people = useQuery({ ...agents, enabled: mentions }).data;
  const canned = useQuery({ ...everyCannedResponse, enabled: trigger?.sign === "/" }).data;
  const found = useMemo(() => {
    if (!trigger) return [];
    const query = trigger.query.toLowerCase().normalize("NFC");
    const fits = (text: string) => text.toLowerCase().includes(query);
    const from =
      trigger.sign === "@"
        ? (people ?? [])
            .filter((one) => one.active)
            .map(({ id, name }) => ({ id, name, about: id }))
        : (canned ?? []).map(({ id, name, folder }) => ({ id, name, about: folder ?? "" }));
    return from.filter((one) => fits(one.name) || fits(one.about)).slice(0, MOST);
  }, [trigger, people, canned]);
  const open = trigger !== null && found.length > 0;
  const combobox = Ariakit.useComboboxStore({
    placement: "top-start",
    open,
    setOpen: (to) => {
      if (!to) setTrigger(null);
    },
  });

  useLayoutEffect(() => {
    if (caret.current === null) return;
    box.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [value]);

  const replace = (begin: number, end: number, text: string) => {
    const now = box.current?.value ?? value;
    caret.current = begin + text.length;
    onChange(now.slice(0, begin) + text + now.slice(end));
  };
  useImperativeHandle(ref, () => ({
    focus: () => box.current?.focus(),
    insert: (text) => {
      const area = box.current;
      if (!area) return;
      area.focus();
      replace(area.selectionStart, area.selectionEnd, text);
    },
  }));

  const choose = (id: string, name: string) => {
    if (!trigger) return;
    const end = trigger.begin + trigger.query.length + 1;
    setTrigger(null);
    if (trigger.sign === "@") {
      replace(trigger.begin, end, `@${name} `);
      onMention(id);
    } else {
      replace(trigger.begin, end, "");
      onCanned(id);
    }
    box.current?.focus();
  };

  return (
    <>
      <Ariakit.Combobox
        store={combobox}
        autoSelect
        value={value}
        showOnClick={false}
        showOnChange={false}
        showOnKeyPress={false}
        setValueOnChange={false}
        aria-label={label}
        placeholder={placeholder}
        className={styles["text"]}
        onPaste={(event) => {
          const files = [...event.clipboardData.files];
          if (files.length === 0) return;
          event.preventDefault();
          onFiles(files);
        }}
        onKeyDown={(event) => {
          // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only sign of it in Safari
          if (event.nativeEvent.isComposing || event.keyCode === 229) return;
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            event.stopPropagation();
            onSend();
          } else if (event.key === "Escape" && !open) {
            event.preventDefault();
            focusPage();
          }
        }}
        render={
          <textarea
            ref={box}
            rows={3}
            onChange={(event) => {
              const { value: text, selectionStart } = event.currentTarget;
              setTrigger(triggerAt(text, selectionStart, mentions ? "@/" : "/"));
              onChange(text);
            }}
            onBlur={() => setTrigger(null)}
          />
        }
      />
      <Ariakit.ComboboxPopover
        store={combobox}
        hidden={!open}
        className={styles["found"]}
        aria-label={label}
        gutter={6}
        portal
        unmountOnHide
        getAnchorRect={() => box.current?.getBoundingClientRect() ?? null}
      >
        {found.map(({ id, name, about }) => (
          <Ariakit.ComboboxItem
            key={id}
            value={id}
            focusOnHover
            setValueOnClick={false}
            className={styles["foundItem"]}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(id, name)}
          >
            {trigger?.sign === "@" && <Avatar name={name} size={20} />}
            <span>{name}</span>
            <small>{about}</small>
          </Ariakit.ComboboxItem>
        ))}
      </Ariakit.ComboboxPopover>
    </>
  );
}
