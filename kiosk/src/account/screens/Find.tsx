import type { Order } from "../../../../server/protocol/resources.ts";
import { useShop } from "../../parts/context.ts";
import { Frame } from "../../parts/Frame.tsx";
import { Field, Form } from "../parts/Form.tsx";
import { useAccountWords } from "../words/words.ts";

/** A purchase without an account, found again by what its buyer knows of it. */
export function Find() {
  const shop = useShop();
  const words = useAccountWords();
  return (
    <Frame name="find" title={words.findTitle} back intro={<p class="soft">{words.findText}</p>}>
      <div class="account-narrow">
        <Form
          testId="find"
          submit={words.findGo}
          onSubmit={async ({ number, email }) => {
            const found = await shop.api.post<Order>("/orders/lookup", { number, email });
            if (found.ok) shop.go({ to: "order", orderId: found.body.id });
            return found;
          }}
        >
          <Field name="number" label={words.number} autocomplete="off" maxLength={20} />
          <Field name="email" label={words.email} type="email" autocomplete="email" />
        </Form>
      </div>
    </Frame>
  );
}
