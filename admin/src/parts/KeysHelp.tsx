import { Dialog } from "../../../ui/parts/Dialog.tsx";
import { useDesk } from "../desk.ts";
import { type KeyHint, useKeys } from "../state/keys.ts";
import { useManagingWords } from "../words/use.ts";

/** Opens the help; so does `?`. */
export function KeysButton() {
  const { keys, words } = useDesk();
  const managing = useManagingWords();
  const open = () => {
    keys.isHelpOpen.value = true;
  };
  useKeys({ "?": open }, [{ keys: "?", does: managing.keysHelp }]);
  return (
    <button
      type="button"
      class="corner-button"
      aria-haspopup="dialog"
      aria-label={words.value.keysShow}
      data-testid="keys"
      onClick={open}
    >
      <kbd>?</kbd>
    </button>
  );
}

/** What the keys do here, and the switch that turns single keys off. */
export function KeysHelp() {
  const { keys } = useDesk();
  const managing = useManagingWords();
  if (!keys.isHelpOpen.value) return null;
  const close = () => {
    keys.isHelpOpen.value = false;
  };
  return (
    <Dialog title={managing.keysTitle} onClose={close} testId="keys-help">
      <dl class="keys-list">
        {[...keys.hints.value, { keys: "Ctrl S", does: managing.keysSave }].map((hint) => (
          <KeyLine key={hint.keys} {...hint} />
        ))}
      </dl>
      <label class="field-check">
        <input type="checkbox" checked={keys.isOn.value} onChange={(event) => keys.turn(event.currentTarget.checked)} />
        <span>{managing.keysOn}</span>
      </label>
    </Dialog>
  );
}

function KeyLine({ keys, does }: KeyHint) {
  return (
    <div>
      <dt>
        {keys.split(" ").map((key, at) => (
          <kbd key={`${at}`}>{key}</kbd>
        ))}
      </dt>
      <dd>{does}</dd>
    </div>
  );
}
