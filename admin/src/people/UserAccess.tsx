import type { ComponentChildren } from "preact";
import type { User } from "../../../server/protocol/resources.ts";
import type { Refusal } from "../../../ui/connection/outcome.ts";
import { useNotices } from "../../../ui/parts/Notices.tsx";
import { useDesk } from "../desk.ts";
import type { Resource } from "../state/resource.ts";
import { managingRefusal, useManagingWords, useWordsOf } from "../words/use.ts";
import { peopleWords } from "./words.ts";

interface UserAccessProps {
  user: User;
  users: Resource<User>;
  onChange(user: User): void;
  onLink(): void;
}

/** A person's way in, and how it ends; what follows is said before it is done. */
export function UserAccess({ user, users, onChange, onLink }: UserAccessProps) {
  const { questions, route, session } = useDesk();
  const words = useWordsOf(peopleWords);
  const managing = useManagingWords();
  const notices = useNotices();
  const now = session.state.value;
  const isMe = now.status === "in" && now.user.id === user.id;

  const refused = (refusal: Refusal) =>
    notices.say(refusal.code === "in_use" ? words.lastAdministrator : managingRefusal(refusal, managing), "bad");

  async function turn(status: User["status"]): Promise<void> {
    // Whatever else changed meanwhile: this is what was asked for.
    const changed = await users.change(user.id, { status });
    if (!changed.ok) return refused(changed);
    onChange(changed.body);
    if (status === "active") return notices.say(words.enabled(user.name), "good");
    const undo = () =>
      void users.change(user.id, { status: "active" }).then((back) => {
        if (!back.ok) return refused(back);
        onChange(back.body);
        notices.say(words.enabled(user.name), "good");
      });
    notices.say(words.disabled(user.name), "good", { label: managing.undo, run: undo });
  }

  async function disable(): Promise<void> {
    const question = { title: words.disableAsk(user.name), consequences: words.disableConsequences, danger: true };
    if (await questions.ask({ ...question, action: words.disableTitle })) await turn("disabled");
  }

  async function forget(): Promise<void> {
    const question = { title: words.forgetAsk(user.name), consequences: words.forgetConsequences, danger: true };
    if (!(await questions.ask({ ...question, action: words.forgetTitle }))) return;
    const removed = await users.remove(user.id);
    if (!removed.ok) return refused(removed);
    notices.say(managing.removed(user.name), "good");
    route.go({ screen: "users" });
  }

  return (
    <aside class="aside" aria-labelledby="access">
      <h2 id="access">{words.access}</h2>
      <Act title={words.linkTitle} text={words.linkText}>
        <button type="button" class="button" data-testid="make-link" onClick={onLink}>
          {words.linkGo}
        </button>
      </Act>
      {isMe && <p class="soft">{words.you}</p>}
      {!isMe && user.status === "active" && (
        <Act title={words.disableTitle} text={words.disableText}>
          <button type="button" class="button danger" data-testid="disable" onClick={() => void disable()}>
            {words.disableGo}
          </button>
        </Act>
      )}
      {!isMe && user.status === "disabled" && (
        <Act title={words.enableTitle} text={words.enableText}>
          <button type="button" class="button" data-testid="enable" onClick={() => void turn("active")}>
            {words.enableGo}
          </button>
        </Act>
      )}
      {!isMe && (
        <Act title={words.forgetTitle} text={words.forgetText}>
          <button type="button" class="button danger" data-testid="forget" onClick={() => void forget()}>
            {words.forgetGo}
          </button>
        </Act>
      )}
    </aside>
  );
}

/** Something that can be done, with what it does. */
export function Act({ title, text, children }: { title: string; text: string; children: ComponentChildren }) {
  return (
    <section class="people-act">
      <h3>{title}</h3>
      <p class="soft">{text}</p>
      <p>{children}</p>
    </section>
  );
}
