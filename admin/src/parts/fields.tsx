import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { useManagingWords } from "../words/use.ts";
import { useFocus } from "./focus.ts";
import { useFormAround } from "./ResourceForm.tsx";

interface FieldProps {
  /** Of the form's values. */
  name: string;
  help?: ComponentChildren;
  isRequired?: boolean;
}

export interface FieldFrameProps extends FieldProps {
  /** Gets what ties the control to its label, help and fault. */
  children(ties: FieldTies): ComponentChildren;
  /** A group of controls has a legend instead of a label. */
  isGroup?: boolean;
}

export interface FieldTies {
  id: string;
  name: string;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
  "aria-required": boolean;
}

/** Label, control, help, and what is wrong with it. */
export function FieldFrame({ name, help, isRequired = false, isGroup = false, children }: FieldFrameProps) {
  const { form, labels, faultTexts } = useFormAround();
  const words = useManagingWords();
  const id = useId();
  const fault = form.faults.value[name];
  const describedBy = [fault === undefined ? "" : `${id}-fault`, help ? `${id}-help` : ""].filter(Boolean).join(" ");
  const ties: FieldTies = {
    ...{ id, name, "aria-invalid": fault !== undefined, "aria-required": isRequired },
    "aria-describedby": describedBy || undefined,
  };
  const label = (
    <>
      {labels[name] ?? name} {!isRequired && <small class="soft">{words.optional}</small>}
    </>
  );
  const rest = (
    <>
      {children(ties)}
      {help && (
        <p class="soft" id={`${id}-help`}>
          {help}
        </p>
      )}
      {fault !== undefined && (
        <p class="field-fault" id={`${id}-fault`} data-testid={`fault-${name}`}>
          {faultTexts[fault] ?? words.serverFault(fault)}
        </p>
      )}
    </>
  );
  if (isGroup)
    return (
      <fieldset class="field" data-field={name}>
        <legend>{labels[name] ?? name}</legend>
        {rest}
      </fieldset>
    );
  return (
    <div class="field" data-field={name}>
      <label for={id}>{label}</label>
      {rest}
    </div>
  );
}

export interface TextFieldProps extends FieldProps {
  type?: "text" | "email" | "password" | "url" | "date" | "time" | "datetime-local" | "number";
  /** A form that begins empty begins here. */
  hasFocus?: boolean;
  maxLength?: number;
  placeholder?: string;
  autocomplete?: string;
  /** Proposals from which one may differ. */
  proposals?: readonly string[];
  /** As wide as what goes in: dates and figures. */
  isShort?: boolean;
}

export function TextField({ type = "text", hasFocus, maxLength, proposals, isShort, ...field }: TextFieldProps) {
  const { form } = useFormAround();
  const isNumber = type === "number";
  const input = useFocus<HTMLInputElement>(hasFocus ?? false);
  // Preact knows each type of input apart; this is any of them.
  const kind = { type: isNumber ? "text" : type } as { type: "text" };
  return (
    <FieldFrame {...field}>
      {(ties) => (
        <>
          <input
            {...ties}
            // A number field of the browser drops what it can't read; whoever typed it should see it, and be told.
            {...kind}
            inputMode={isNumber ? "decimal" : undefined}
            class={isShort || isNumber ? "short tabular" : undefined}
            ref={input}
            maxLength={maxLength}
            placeholder={field.placeholder}
            autocomplete={field.autocomplete ?? "off"}
            list={proposals && `${ties.id}-list`}
            value={String(form.values.value[field.name] ?? "")}
            onInput={(event) => form.set({ [field.name]: event.currentTarget.value })}
          />
          {proposals && (
            <datalist id={`${ties.id}-list`}>
              {proposals.map((text) => (
                <option key={text} value={text} />
              ))}
            </datalist>
          )}
        </>
      )}
    </FieldFrame>
  );
}

export function AreaField({ rows = 4, ...field }: FieldProps & { rows?: number }) {
  const { form } = useFormAround();
  return (
    <FieldFrame {...field}>
      {(ties) => (
        <textarea
          {...ties}
          rows={rows}
          value={String(form.values.value[field.name] ?? "")}
          onInput={(event) => form.set({ [field.name]: event.currentTarget.value })}
        />
      )}
    </FieldFrame>
  );
}

export interface Option {
  value: string;
  label: string;
}

export interface SelectFieldProps extends FieldProps {
  options: readonly Option[];
  /** Shown, and not to be changed. */
  isDisabled?: boolean;
}

export function SelectField({ options, isDisabled, ...field }: SelectFieldProps) {
  const { form } = useFormAround();
  return (
    <FieldFrame {...field}>
      {(ties) => (
        <select
          {...ties}
          disabled={isDisabled}
          value={String(form.values.value[field.name] ?? "")}
          onChange={(event) => form.set({ [field.name]: event.currentTarget.value })}
        >
          {options.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
}

/** Yes or no. */
export function CheckField({ name, help }: FieldProps) {
  const { form, labels } = useFormAround();
  const id = useId();
  return (
    <div class="field" data-field={name}>
      <label class="field-check">
        <input
          type="checkbox"
          name={name}
          aria-describedby={help ? `${id}-help` : undefined}
          checked={form.values.value[name] === true}
          onChange={(event) => form.set({ [name]: event.currentTarget.checked })}
        />
        <span>{labels[name] ?? name}</span>
      </label>
      {help && (
        <p class="soft" id={`${id}-help`}>
          {help}
        </p>
      )}
    </div>
  );
}

/** Any number of a few: each a tag that is on or off. The value is the list of those that are on, in their order. */
export function TagsField({ options, ...field }: FieldProps & { options: readonly Option[] }) {
  const { form } = useFormAround();
  const chosen = form.values.value[field.name] as readonly string[];
  const turn = (value: string, on: boolean) => {
    const next = options.map((option) => option.value).filter((one) => (one === value ? on : chosen.includes(one)));
    // What is no longer offered stays: only what is seen is changed.
    const unseen = chosen.filter((one) => !options.some((option) => option.value === one));
    form.set({ [field.name]: [...next, ...unseen] });
  };
  return (
    <FieldFrame {...field} isGroup>
      {(ties) => (
        <div class="tags">
          {options.map(({ value, label }, index) => (
            <label key={value} class="tag">
              <input
                type="checkbox"
                name={field.name}
                aria-invalid={index === 0 ? ties["aria-invalid"] : undefined}
                checked={chosen.includes(value)}
                onChange={(event) => turn(value, event.currentTarget.checked)}
              />
              <span>{label}</span>
            </label>
          ))}
        </div>
      )}
    </FieldFrame>
  );
}
