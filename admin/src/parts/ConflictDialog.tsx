import { Dialog } from "../../../ui/parts/Dialog.tsx";
import { useNotices } from "../../../ui/parts/Notices.tsx";
import type { FieldValue, Form, Values } from "../state/form.ts";
import type { Managed } from "../state/resource.ts";
import type { ManagingWords } from "../words/managing.ts";
import { useManagingWords } from "../words/use.ts";

interface ConflictDialogProps<D extends Managed, V extends Values> {
  form: Form<D, V>;
  theirs: D;
  labels: Readonly<Record<string, string>>;
  shown?: (field: string, value: FieldValue) => string | undefined;
  onSaveOver(): void;
}

/** Somebody was faster: both versions side by side, and who decides is asked. Esc goes on editing; nothing is lost. */
export function ConflictDialog<D extends Managed, V extends Values>(props: ConflictDialogProps<D, V>) {
  const { form, theirs, labels, shown, onSaveOver } = props;
  const words = useManagingWords();
  const notices = useNotices();
  const saved = form.valuesOf(theirs);
  const mine = form.values.value;
  const text = (field: string, value: FieldValue | undefined) =>
    value === undefined ? words.nothing : (shown?.(field, value) ?? valueText(value, words));
  return (
    <Dialog
      title={words.conflictTitle}
      testId="conflict"
      onClose={() => form.dismiss()}
      actions={
        <>
          <button
            type="button"
            class="button"
            data-testid="take-theirs"
            onClick={() => {
              form.takeTheirs();
              notices.say(words.conflictTaken);
            }}
          >
            {words.conflictTake}
          </button>
          <button type="button" class="button primary" data-testid="save-over" onClick={onSaveOver}>
            {words.conflictOver}
          </button>
        </>
      }
    >
      <p>{words.conflictText}</p>
      <table class="table conflict">
        <thead>
          <tr>
            <th scope="col">{words.conflictField}</th>
            <th scope="col">{words.conflictTheirs}</th>
            <th scope="col">{words.conflictYours}</th>
          </tr>
        </thead>
        <tbody>
          {form.differing(saved, mine).map((field) => (
            <tr key={field} data-field={field}>
              <th scope="row">{labels[field] ?? field}</th>
              <td>{text(field, saved[field])}</td>
              <td>{text(field, mine[field])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="soft">{words.conflictNote}</p>
    </Dialog>
  );
}

function valueText(value: FieldValue, words: ManagingWords): string {
  if (typeof value === "boolean") return value ? words.yes : words.no;
  const parts = typeof value === "string" ? [value] : Object.values(value);
  const text = parts.filter((part) => typeof part === "string" || typeof part === "number").join(", ");
  return text === "" ? words.nothing : text;
}
