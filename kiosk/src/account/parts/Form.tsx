import { type ComponentChildren, createContext } from "preact";
import { useContext, useId, useRef, useState } from "preact/hooks";
import type { Outcome } from "../../../../ui/connection/outcome.ts";
import { AlertIcon } from "../../../../ui/parts/icons.tsx";
import { useShop } from "../../parts/context.ts";
import { type Fault, faultOf, type Trouble, troubleOf } from "../state/trouble.ts";
import { useAccountWords } from "../words/words.ts";

/** The faults of the form around a field. */
const FaultsContext = createContext<Trouble["fields"]>({});

interface FormProps {
  testId: string;
  submit: string;
  /** Told the values of all fields by their names. */
  onSubmit(values: Readonly<Record<string, string>>): Promise<Outcome<object>>;
  /** Another way out beside the button. */
  beside?: ComponentChildren;
  children: ComponentChildren;
}

/** A form that is sent as a whole; what is wrong with it stands above it and at each field, in words. */
export function Form({ testId, submit, onSubmit, beside, children }: FormProps) {
  const shop = useShop();
  const words = useAccountWords();
  const form = useRef<HTMLFormElement>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [busy, setBusy] = useState(false);

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    const element = form.current;
    if (!element || busy) return;
    const slips = slipsOf(element);
    if (Object.keys(slips).length > 0) return show({ text: "faults", fields: slips });
    setBusy(true);
    const values = Object.fromEntries([...new FormData(element)].map(([name, value]) => [name, String(value)]));
    const answer = await onSubmit(values);
    setBusy(false);
    if (answer.ok) setTrouble(null);
    else show(troubleOf(answer));
  }

  function show(next: Trouble): void {
    setTrouble(next);
    const first = [...inputsOf(form.current)].find(({ name }) => next.fields[name]);
    first?.focus();
  }

  return (
    <form ref={form} class="account-form" data-testid={testId} noValidate onSubmit={(event) => void send(event)}>
      <div role="alert">
        {trouble && (
          <p class="callout" data-testid="trouble">
            <AlertIcon />
            <span>{words.troubles[trouble.text]}</span>
          </p>
        )}
      </div>
      <FaultsContext.Provider value={trouble?.fields ?? NO_FAULTS}>{children}</FaultsContext.Provider>
      <div class="account-acts">
        <button type="submit" class="button primary" disabled={!shop.able.value} aria-disabled={busy}>
          {submit}
        </button>
        {beside}
      </div>
    </form>
  );
}

const NO_FAULTS = {};

function inputsOf(form: HTMLFormElement | null): HTMLInputElement[] {
  return [...(form?.elements ?? [])].filter((element) => element instanceof HTMLInputElement);
}

function slipsOf(form: HTMLFormElement): Record<string, Fault> {
  const slips = inputsOf(form).map(({ name, validity }) => [name, faultOf(name, validity)] as const);
  return Object.fromEntries(slips.filter((slip): slip is [string, Fault] => slip[1] !== null));
}

interface FieldProps {
  name: string;
  label: string;
  type?: "text" | "email" | "password";
  autocomplete: "off" | "name" | "email" | "username" | "current-password" | "new-password";
  hint?: string;
  value?: string;
  minLength?: number;
  maxLength?: number;
  /** A dialog opens at its first field. */
  first?: boolean;
}

/** One line to fill in. Everything asked for is needed: nothing optional is asked. */
export function Field({ name, label, hint, value, first = false, type = "text", ...input }: FieldProps) {
  const words = useAccountWords();
  const fault = useContext(FaultsContext)[name];
  const note = fault ? words.faults[fault] : hint;
  const id = useId();
  const shared = {
    ...{ ...input, id, name, defaultValue: value, required: true, autofocus: first, spellcheck: false },
    ...{ "aria-invalid": fault !== undefined, "aria-describedby": note && `${id}-note` },
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {type === "text" && <input {...shared} type="text" />}
      {type === "email" && <input {...shared} type="email" />}
      {type === "password" && <input {...shared} type="password" />}
      {note && (
        <span id={`${id}-note`} class={fault ? "field-error" : "soft"}>
          {note}
        </span>
      )}
    </div>
  );
}

/** A password that is chosen now: as long as the house wants it. */
export function NewPassword({ name, label, first }: Pick<FieldProps, "name" | "label" | "first">) {
  const hint = useAccountWords().passwordHint;
  const limits = { minLength: 10, maxLength: 200 };
  return (
    <Field
      name={name}
      label={label}
      type="password"
      autocomplete="new-password"
      hint={hint}
      first={first}
      {...limits}
    />
  );
}
