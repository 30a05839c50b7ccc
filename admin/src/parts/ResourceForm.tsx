import { type ComponentChildren, createContext, type RefObject } from "preact";
import { useContext, useLayoutEffect, useRef } from "preact/hooks";
import type { Refusal } from "../../../ui/connection/outcome.ts";
import { useDesk } from "../desk.ts";
import type { FieldValue, Form, Values } from "../state/form.ts";
import type { Managed } from "../state/resource.ts";
import { managingRefusal, useManagingWords } from "../words/use.ts";
import { ConflictDialog } from "./ConflictDialog.tsx";

/** What fields need of the form around them. */
export interface FormAround {
  // biome-ignore lint/suspicious/noExplicitAny: fields know their name, not the document
  form: Form<any, any>;
  labels: Readonly<Record<string, string>>;
  /** Texts of faults that the form finds itself, by their name; any other is shown as it came. */
  faultTexts: Readonly<Record<string, string>>;
}

const FormContext = createContext<FormAround | null>(null);

export function useFormAround(): FormAround {
  const around = useContext(FormContext);
  if (!around) throw new Error("no ResourceForm around this field");
  return around;
}

export interface ResourceFormProps<D extends Managed, V extends Values> {
  form: Form<D, V>;
  /** What each field is called: at the field, and where two versions are compared. */
  labels: Readonly<Record<keyof V & string, string>>;
  /** The texts of what `faultsOf` of the form finds. */
  faultTexts?: Readonly<Record<string, string>>;
  /** A value in words, where it is not said by itself: names for ids. */
  shown?(field: keyof V & string, value: FieldValue): string | undefined;
  /** What a refusal means here, where it is more than the usual. */
  refusalText?(refusal: Refusal): string | undefined;
  /** Called after a save. */
  onSaved(document: D, wasNew: boolean): void;
  onCancel(): void;
  /** Asked right before a save; false saves nothing. */
  beforeSave?(): Promise<boolean>;
  /** Beside the buttons: deleting, for one. */
  acts?: ComponentChildren;
  children: ComponentChildren;
}

/** One column of fields. Enter and Ctrl+S save; leaving with changes asks; being slower than somebody else is told. */
export function ResourceForm<D extends Managed, V extends Values>(props: ResourceFormProps<D, V>) {
  const { form, labels, faultTexts = {}, shown, refusalText, onSaved, onCancel, beforeSave, acts, children } = props;
  const words = useManagingWords();
  const element = useRef<HTMLFormElement>(null);
  const status = form.status.value;
  const faults = Object.keys(form.faults.value).length;
  useUnsavedGuard(form);
  useFaultFocus(form, element);

  async function save(saving: () => Promise<D | null>): Promise<void> {
    const wasNew = form.base.peek() === null;
    if (beforeSave && !(await beforeSave())) return;
    const saved = await saving();
    if (saved !== null) onSaved(saved, wasNew);
  }
  useSaveKey(() => void save(form.save));

  return (
    <FormContext.Provider value={{ form, labels, faultTexts }}>
      <form
        ref={element}
        class="form"
        noValidate
        data-testid="form"
        onSubmit={(event) => {
          event.preventDefault();
          void save(form.save);
        }}
      >
        <div class="form-fields">{children}</div>
        <footer class="form-foot">
          <p role="alert" class="form-alert" data-testid="form-alert">
            {faults > 0 && words.faults(faults)}
            {status.status === "refused" && (refusalText?.(status.refusal) ?? managingRefusal(status.refusal, words))}
          </p>
          <div class="form-acts">
            {acts}
            <span class="spring" />
            <button type="button" class="button quiet" data-testid="cancel" onClick={onCancel}>
              {words.cancel}
            </button>
            <button
              type="submit"
              class="button primary"
              data-testid="save"
              aria-disabled={status.status === "saving"}
              title="Ctrl+S"
            >
              {status.status === "saving" ? words.saving : form.base.value === null ? words.create : words.save}
            </button>
          </div>
        </footer>
      </form>
      {status.status === "conflict" && (
        <ConflictDialog
          form={form}
          theirs={status.theirs}
          labels={labels}
          shown={shown as ((field: string, value: FieldValue) => string | undefined) | undefined}
          onSaveOver={() => void save(form.saveOver)}
        />
      )}
    </FormContext.Provider>
  );
}

/** Whoever leaves with changes is asked, within the console and by the browser. */
function useUnsavedGuard<D extends Managed, V extends Values>(form: Form<D, V>): void {
  const { route, questions } = useDesk();
  const words = useManagingWords();
  useLayoutEffect(() => {
    const endHold = route.hold((leave) => {
      if (!form.isChanged.peek()) return leave();
      const question = { title: words.unsavedTitle, consequences: [words.unsaved], danger: true };
      void questions.ask({ ...question, action: words.leave, stay: words.stay }).then((yes) => yes && leave());
    });
    const warn = (event: BeforeUnloadEvent) => {
      if (form.isChanged.peek()) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => {
      endHold();
      window.removeEventListener("beforeunload", warn);
    };
  }, [form, words]);
}

/** After a save that faults stopped the focus is on the first wrong field. */
function useFaultFocus<D extends Managed, V extends Values>(
  form: Form<D, V>,
  element: RefObject<HTMLFormElement | null>,
): void {
  const stops = form.stops.value;
  useLayoutEffect(() => {
    if (stops === 0) return;
    const faults = form.faults.peek();
    const fields = [...(element.current?.querySelectorAll<HTMLElement>("[data-field]") ?? [])];
    const first = fields.find(({ dataset }) => dataset.field !== undefined && dataset.field in faults);
    // By its name: whether it is drawn as wrong already depends on who is drawn first.
    first?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [stops]);
}

function useSaveKey(save: () => void): void {
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      if (document.querySelector("dialog[open]") === null) save();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  });
}
