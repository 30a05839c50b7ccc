import { useEffect, useRef, useState } from "preact/hooks";
import type { User } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import { Dialog } from "../../../ui/parts/Dialog.tsx";
import { useNotices } from "../../../ui/parts/Notices.tsx";
import { useDesk } from "../desk.ts";
import { useManagingWords, useWordsOf } from "../words/use.ts";
import { peopleWords } from "./words.ts";

interface Issued {
  url: string;
  expiresAt: string;
}

/** A link by which somebody chooses a new password, shown once to who hands it over. */
export function PasswordLink({ user, onClose }: { user: User; onClose(): void }) {
  const { api } = useDesk();
  const words = useWordsOf(peopleWords);
  const managing = useManagingWords();
  const formats = useLook().formats.value;
  const notices = useNotices();
  const [issued, setIssued] = useState<Issued | "failed" | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    void api
      .post<Issued>(`/users/${user.id}/password-link`, undefined)
      .then((answer) => setIssued(answer.ok ? answer.body : "failed"));
  }, [api, user.id]);

  async function copy(): Promise<void> {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(field.current?.value ?? "");
      notices.say(words.linkCopied, "good");
    } catch {
      // Without https there is no clipboard: the link stands selected, Ctrl+C takes it.
    }
  }

  return (
    <Dialog
      title={words.linkDialog(user.name)}
      testId="password-link"
      onClose={onClose}
      actions={
        <button type="button" class="button primary" onClick={onClose}>
          {words.done}
        </button>
      }
    >
      {issued === null && <p aria-busy="true">{managing.reading}</p>}
      {issued === "failed" && <p role="alert">{words.linkFailed}</p>}
      {issued !== null && issued !== "failed" && (
        <>
          <div class="copy-line">
            <input
              ref={field}
              class="tabular"
              readOnly
              value={issued.url}
              aria-label={words.linkDialog(user.name)}
              data-testid="link-url"
              onFocus={(event) => event.currentTarget.select()}
            />
            <button type="button" class="button" onClick={() => void copy()}>
              {words.linkCopy}
            </button>
          </div>
          <p class="soft">{words.linkUntil(formats.time(issued.expiresAt))}</p>
        </>
      )}
    </Dialog>
  );
}
