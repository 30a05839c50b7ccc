import { useId, useLayoutEffect, useState } from "preact/hooks";
import type { Refusal } from "../../../ui/connection/outcome.ts";
import { managingRefusal, useManagingWords } from "../words/use.ts";

interface InlineNameProps {
  value: string;
  /** Its accessible name. */
  label: string;
  /** Saves another name; a refusal stands below it. */
  onSave(name: string): Promise<Refusal | null>;
}

/** A name that is edited where it stands: Enter and leaving it save, Esc leaves it as it was. */
export function InlineName({ value, label, onSave }: InlineNameProps) {
  const words = useManagingWords();
  const id = useId();
  const [typed, setTyped] = useState(value);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  useLayoutEffect(() => setTyped(value), [value]);

  async function save(): Promise<void> {
    const name = typed.trim();
    if (name === "") return back();
    if (name !== value) setRefusal(await onSave(name));
  }
  function back(): void {
    setTyped(value);
    setRefusal(null);
  }

  return (
    <>
      <input
        class="inline-name"
        aria-label={label}
        aria-invalid={refusal !== null}
        aria-describedby={refusal ? id : undefined}
        maxLength={100}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => void save()}
        onKeyDown={(event) => {
          if (event.key === "Enter") void save();
          if (event.key === "Escape") back();
        }}
      />
      {refusal && (
        <p class="field-fault" id={id} role="alert">
          {managingRefusal(refusal, words)}
        </p>
      )}
    </>
  );
}

interface AddNameProps {
  label: string;
  /** Answers why not, or null when it is there. */
  onAdd(name: string): Promise<Refusal | null>;
}

/** A line for another one: type, Enter, type the next. */
export function AddName({ label, onAdd }: AddNameProps) {
  const words = useManagingWords();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  async function add(): Promise<void> {
    const name = typed.trim();
    if (name === "") return;
    const refused = await onAdd(name);
    setRefusal(refused);
    if (refused === null) setTyped("");
  }
  return (
    <form
      class="add-name"
      data-testid="add-name"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <label for={`${id}-input`}>{label}</label>
      <input
        id={`${id}-input`}
        maxLength={100}
        autocomplete="off"
        aria-invalid={refusal !== null}
        aria-describedby={refusal ? id : undefined}
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setRefusal(null);
        }}
      />
      <button type="submit" class="button primary">
        {words.add}
      </button>
      {refusal && (
        <p class="field-fault" id={id} role="alert">
          {managingRefusal(refusal, words)}
        </p>
      )}
    </form>
  );
}
