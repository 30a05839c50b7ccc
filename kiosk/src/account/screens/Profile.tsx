import type { User } from "../../../../server/protocol/resources.ts";
import { useNotices } from "../../../../ui/parts/Notices.tsx";
import { Field, Form } from "../parts/Form.tsx";
import { useChange } from "../state/changes.ts";
import { useAccountWords } from "../words/words.ts";

/** Name and e-mail. */
export function Profile({ user }: { user: User }) {
  const words = useAccountWords();
  const notices = useNotices();
  const change = useChange(user);
  return (
    <Form
      testId="profile"
      submit={words.save}
      onSubmit={async ({ name = "", email = "" }) => {
        const saved = await change({ name, email });
        if (saved.ok) notices.say(words.saved, "good");
        return saved;
      }}
    >
      <Field name="name" label={words.name} autocomplete="name" value={user.name} maxLength={120} />
      <Field name="email" label={words.email} type="email" autocomplete="email" value={user.email} />
    </Form>
  );
}
