import { useRef } from "preact/hooks";
import type { Refusal } from "../../../ui/connection/outcome.ts";
import { DisplayMenu } from "../../../ui/parts/DisplayMenu.tsx";
import { useDesk } from "../desk.ts";
import type { Words } from "../words/es.ts";

/** E-mail and password; what went wrong stands between them and the button. */
export function SignIn() {
  const desk = useDesk();
  const words = desk.words.value;
  const session = desk.session.state.value;
  const form = useRef<HTMLFormElement>(null);
  const refusal = session.status === "out" && form.current !== null ? session.refusal : undefined;

  function enter(event: Event): void {
    event.preventDefault();
    const fields = new FormData(form.current ?? undefined);
    void desk.session.signIn(String(fields.get("email") ?? ""), String(fields.get("password") ?? ""));
  }

  return (
    <main class="sign-in">
      <div class="sign-in-corner">
        <DisplayMenu />
      </div>
      <form ref={form} class="sign-in-card" onSubmit={enter} data-testid="sign-in">
        <p class="sign-in-house">{desk.cinemaName}</p>
        <h1>{words.signInTitle}</h1>
        <p class="soft">{words.signInText}</p>
        <label class="field">
          <span>{words.email}</span>
          <input name="email" type="email" autocomplete="username" required autofocus />
        </label>
        <label class="field">
          <span>{words.password}</span>
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <p role="alert" class="field-error">
          {refusal && reasonOf(refusal, words)}
        </p>
        <button type="submit" class="button primary" disabled={session.status === "entering"}>
          {words.signIn}
        </button>
      </form>
    </main>
  );
}

function reasonOf(refusal: Refusal, words: Words): string {
  switch (refusal.code) {
    case "rate_limited":
      return words.signInWait;
    case "forbidden":
      return words.signInNoRights;
    case "unavailable":
    case "internal":
      return words.serverAway;
    default:
      return words.signInRefused;
  }
}
