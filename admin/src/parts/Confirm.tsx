import { useLook } from "../../../ui/look.ts";
import { Dialog } from "../../../ui/parts/Dialog.tsx";
import { useDesk } from "../desk.ts";

/** The question that is open, if one is: `desk.questions.ask` opens it. Esc and the cross mean no. */
export function ConfirmArea() {
  const { questions } = useDesk();
  const words = useLook().words.value;
  const question = questions.open.value;
  if (question === null) return null;
  const { title, consequences, action, stay = words.cancel, danger = false } = question;
  return (
    <Dialog
      key={title}
      title={title}
      testId="confirm"
      onClose={() => questions.answer(false)}
      actions={
        <>
          {/* A slip of the hand must not destroy: Enter stays. */}
          <button type="button" class="button" autofocus={danger} onClick={() => questions.answer(false)}>
            {stay}
          </button>
          <button
            type="button"
            class={danger ? "button danger" : "button primary"}
            data-testid="confirm-yes"
            onClick={() => questions.answer(true)}
          >
            {action}
          </button>
        </>
      }
    >
      {consequences.length === 1 ? (
        <p>{consequences[0]}</p>
      ) : (
        <ul class="consequences">
          {consequences.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
