import { useState } from "preact/hooks";
import { useNotices } from "../../../../ui/parts/Notices.tsx";
import { useShop } from "../../parts/context.ts";
import { Frame } from "../../parts/Frame.tsx";
import { Entrance, type Way } from "../parts/Entrance.tsx";
import { Form, NewPassword } from "../parts/Form.tsx";
import { useAccountWords } from "../words/words.ts";

/** A new password by the code of a link: from an e-mail, or handed over by the house. */
export function Reset({ code: fromLink }: { code: string | undefined }) {
  const shop = useShop();
  const words = useAccountWords();
  const notices = useNotices();
  const [code] = useState(fromLink);
  if (code === undefined) return <NoCode />;
  return (
    <Frame name="reset" title={words.resetTitle} back intro={<p class="soft">{words.resetText}</p>}>
      <div class="account-narrow">
        <Form
          testId="reset"
          submit={words.resetGo}
          onSubmit={async ({ password }) => {
            const done = await shop.api.call("PUT", "/auth/password-reset", { body: { code, password }, token: null });
            if (!done.ok) return done;
            shop.go({ to: "account", page: "purchases" });
            notices.say(words.resetDone, "good");
            return done;
          }}
        >
          <NewPassword name="password" label={words.newPassword} first />
        </Form>
      </div>
    </Frame>
  );
}

function NoCode() {
  const words = useAccountWords();
  const [way, setWay] = useState<Way>("forgot");
  return (
    <Frame name="reset" title={words.resetTitle} back intro={<p>{words.resetNoCode}</p>}>
      <div class="account-narrow">
        <Entrance key={way} way={way} onWay={setWay} onIn={() => {}} />
      </div>
    </Frame>
  );
}
