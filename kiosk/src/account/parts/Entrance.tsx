import { useState } from "preact/hooks";
import type { User } from "../../../../server/protocol/resources.ts";
import { useLook } from "../../../../ui/look.ts";
import { TickIcon } from "../../../../ui/parts/icons.tsx";
import { useShop } from "../../parts/context.ts";
import { useAccountWords } from "../words/words.ts";
import { Field, Form, NewPassword } from "./Form.tsx";

export type Way = "login" | "register" | "forgot";

interface EntranceProps {
  way: Way;
  onWay(way: Way): void;
  onIn(user: User): void;
}

/** The ways into an account, one at a time. */
export function Entrance({ way, onWay, onIn }: EntranceProps) {
  switch (way) {
    case "login":
      return <Login onWay={onWay} onIn={onIn} />;
    case "register":
      return <Register onWay={onWay} onIn={onIn} />;
    case "forgot":
      return <Forgot onWay={onWay} />;
    default:
      return way satisfies never;
  }
}

type FormProps = Pick<EntranceProps, "onWay" | "onIn">;

function Login({ onWay, onIn }: FormProps) {
  const words = useAccountWords();
  const enter = useEnter("login", onIn);
  return (
    <Form
      testId="login"
      submit={words.loginGo}
      onSubmit={enter}
      beside={<Turn to="register" text={words.toRegister} onWay={onWay} />}
    >
      <Field name="email" label={words.email} type="email" autocomplete="username" first />
      <Field name="password" label={words.password} type="password" autocomplete="current-password" />
      <p>
        <Turn to="forgot" text={words.toForgot} onWay={onWay} />
      </p>
    </Form>
  );
}

function Register({ onWay, onIn }: FormProps) {
  const words = useAccountWords();
  const { language } = useLook();
  const enter = useEnter("register", onIn);
  return (
    <Form
      testId="register"
      submit={words.registerGo}
      onSubmit={(values) => enter({ ...values, preferences: { language: language.peek() } })}
      beside={<Turn to="login" text={words.toLogin} onWay={onWay} />}
    >
      <p class="soft">{words.registerText}</p>
      <Field name="name" label={words.name} autocomplete="name" maxLength={120} first />
      <Field name="email" label={words.email} type="email" autocomplete="username" />
      <NewPassword name="password" label={words.password} />
    </Form>
  );
}

function Forgot({ onWay }: Pick<FormProps, "onWay">) {
  const shop = useShop();
  const words = useAccountWords();
  const [sent, setSent] = useState(false);
  const back = <Turn to="login" text={words.toLogin} onWay={onWay} />;
  if (!shop.config.value?.sendsMail)
    return (
      <div class="account-form">
        <p data-testid="forgot-none">{words.forgotNone}</p>
        {back}
      </div>
    );
  if (sent)
    return (
      <div class="account-form">
        <p class="callout calm" role="status" data-testid="reset-sent">
          <TickIcon />
          <span>{words.forgotSent}</span>
        </p>
        {back}
      </div>
    );
  return (
    <Form
      testId="forgot"
      submit={words.forgotGo}
      beside={back}
      onSubmit={async ({ email }) => {
        const answer = await shop.api.post("/auth/password-reset", { email });
        setSent(answer.ok);
        return answer;
      }}
    >
      <p class="soft">{words.forgotText}</p>
      <Field name="email" label={words.email} type="email" autocomplete="username" first />
    </Form>
  );
}

function Turn({ to, text, onWay }: { to: Way; text: string; onWay(way: Way): void }) {
  return (
    <button type="button" class="link-button" data-testid={`to-${to}`} onClick={() => onWay(to)}>
      {text}
    </button>
  );
}

/** Comes in with the guest's seats and orders, and says hello. */
function useEnter(how: "login" | "register", onIn: (user: User) => void) {
  const shop = useShop();
  return async (values: object) => {
    if (!shop.customer) return NOWHERE;
    const entered = await shop.customer.enter(how, values);
    if (entered.ok) onIn(entered.user);
    return entered;
  };
}

/** Nobody signs in at a kiosk. */
const NOWHERE = { ok: false, code: "forbidden", message: "no accounts here" } as const;
