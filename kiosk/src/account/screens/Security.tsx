import { useState } from "preact/hooks";
import type { User } from "../../../../server/protocol/resources.ts";
import { Dialog } from "../../../../ui/parts/Dialog.tsx";
import { useNotices } from "../../../../ui/parts/Notices.tsx";
import { useShop } from "../../parts/context.ts";
import { saveFile } from "../../parts/save.ts";
import { Field, Form, NewPassword } from "../parts/Form.tsx";
import { troubleOf } from "../state/trouble.ts";
import { useAccountWords } from "../words/words.ts";

/** Password, a copy of one's data, and the way out for good. */
export function Security({ user }: { user: User }) {
  return (
    <>
      <ChangePassword />
      <TakeData />
      <DeleteAccount user={user} />
    </>
  );
}

function ChangePassword() {
  const { api } = useShop();
  const words = useAccountWords();
  const notices = useNotices();
  const [turn, setTurn] = useState(0);
  return (
    <section class="account-section">
      <h2>{words.passwordTitle}</h2>
      <p class="soft">{words.passwordText}</p>
      <Form
        key={turn}
        testId="password"
        submit={words.passwordGo}
        onSubmit={async ({ currentPassword, newPassword }) => {
          const changed = await api.call("PUT", "/me/password", { body: { currentPassword, newPassword } });
          if (!changed.ok) return changed;
          setTurn(turn + 1);
          notices.say(words.passwordDone, "good");
          return changed;
        }}
      >
        <Field
          name="currentPassword"
          label={words.currentPassword}
          type="password"
          autocomplete="current-password"
          maxLength={200}
        />
        <NewPassword name="newPassword" label={words.newPassword} />
      </Form>
    </section>
  );
}

function TakeData() {
  const { api, able } = useShop();
  const words = useAccountWords();
  const notices = useNotices();
  const take = async () => {
    const file = await api.file("/me/export", "application/json");
    if (file.ok) saveFile(file.blob, "butaca.json");
    else notices.say(words.troubles.unavailable, "bad");
  };
  return (
    <section class="account-section">
      <h2>{words.exportTitle}</h2>
      <p class="soft">{words.exportText}</p>
      <p>
        <button type="button" class="button" data-testid="export" disabled={!able.value} onClick={() => void take()}>
          {words.exportGo}
        </button>
      </p>
    </section>
  );
}

function DeleteAccount({ user }: { user: User }) {
  const shop = useShop();
  const words = useAccountWords();
  const notices = useNotices();
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    const removed = await shop.api.remove("/me", user.version);
    setAsking(false);
    if (!removed.ok) {
      notices.say(words.troubles[troubleOf(removed).text], "bad");
      return;
    }
    await shop.customer?.leave();
    shop.payment.reset();
    shop.go({ to: "films" });
    notices.say(words.deleted);
  };
  return (
    <section class="account-section">
      <h2>{words.deleteTitle}</h2>
      <p class="soft">{words.deleteText}</p>
      <p>
        <button type="button" class="button danger" data-testid="delete" onClick={() => setAsking(true)}>
          {words.deleteGo}
        </button>
      </p>
      {asking && (
        <Dialog
          title={words.deleteAsk}
          testId="ask-delete"
          onClose={() => setAsking(false)}
          actions={
            <>
              <button
                type="button"
                class="button danger"
                disabled={!shop.able.value}
                data-testid="delete-now"
                onClick={() => void remove()}
              >
                {words.deleteNow}
              </button>
              <button type="button" class="button primary" data-testid="delete-keep" onClick={() => setAsking(false)}>
                {words.deleteKeep}
              </button>
            </>
          }
        >
          <ul class="consequences">
            {words.deleteConsequences.map((consequence) => (
              <li key={consequence}>{consequence}</li>
            ))}
          </ul>
        </Dialog>
      )}
    </section>
  );
}
