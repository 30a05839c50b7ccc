import { useEffect, useState } from "preact/hooks";
import type { FieldError } from "../../../server/protocol/errors.ts";
import type { Showtime, ShowtimeCheck } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import { AlertIcon, TickIcon } from "../../../ui/parts/icons.tsx";
import { useDesk } from "../desk.ts";
import type { Form } from "../state/form.ts";
import { useManagingWords, useWordsOf } from "../words/use.ts";
import { checkBody, faultOf, type ShowtimeFormDeps, type ShowtimeValues } from "./showtimeForm.ts";
import { scheduleWords } from "./words.ts";

export type Check =
  | { status: "waiting" }
  | { status: "asking"; before?: ShowtimeCheck }
  | { status: "said"; answer: ShowtimeCheck };

/** After the last key: at once to the eye, and one question per change. */
const TYPING_MS = 200;

/** What the server says of the showtime as it stands in the form, asked anew after each change. */
export function useCheck(form: Form<Showtime, ShowtimeValues>, deps: ShowtimeFormDeps): Check {
  const { api } = useDesk();
  const [check, setCheck] = useState<Check>({ status: "waiting" });
  const showtime = form.base.value;
  const body = checkBody(form.values.value, deps, showtime?.id);
  const asked = JSON.stringify(body);
  useEffect(() => {
    if (body === null) return setCheck({ status: "waiting" });
    setCheck((now) => ({ status: "asking", before: now.status === "said" ? now.answer : undefined }));
    let isWanted = true;
    const timer = setTimeout(() => {
      void api.post<ShowtimeCheck>("/showtimes/check", body).then((answer) => {
        if (!isWanted) return;
        setCheck(answer.ok ? { status: "said", answer: answer.body } : { status: "waiting" });
      });
    }, TYPING_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [asked]);
  return check;
}

export function answerOf(check: Check): ShowtimeCheck | undefined {
  switch (check.status) {
    case "waiting":
      return undefined;
    case "asking":
      return check.before;
    case "said":
      return check.answer;
  }
}

/** Whether it fits, said before anything is saved. */
export function CheckPanel({ check }: { check: Check }) {
  const words = useWordsOf(scheduleWords);
  const managing = useManagingWords();
  const formats = useLook().formats.value;
  const answer = answerOf(check);
  // A server of a version before them says none.
  const warnings = answer?.warnings ?? [];
  const faultText = (error: FieldError) => {
    const name = faultOf(error, { priceListId: "" })?.text as keyof typeof words.faults | undefined;
    return name === undefined ? managing.serverFault(error.message) : words.faults[name];
  };
  return (
    <aside class="aside check" aria-label={words.check} data-testid="check" data-status={check.status}>
      <h2>{words.check}</h2>
      <div role="status" aria-busy={check.status === "asking"}>
        {answer === undefined && <p class="soft">{check.status === "asking" ? words.checking : words.checkWaits}</p>}
        {answer?.endsAt && answer.freeAt && (
          <p class="tabular">{words.ends(formats.time(answer.endsAt), formats.time(answer.freeAt))}</p>
        )}
        {answer && answer.conflicts.length > 0 && (
          <div class="check-bad" data-testid="conflicts">
            <p>
              <AlertIcon /> <b>{words.taken(answer.conflicts.length)}</b>
            </p>
            <ul>
              {answer.conflicts.map(({ id, film, startsAt, freeAt }) => (
                <li key={id} class="tabular">
                  {words.takenBy(film.title, formats.time(startsAt), formats.time(freeAt))}
                </li>
              ))}
            </ul>
          </div>
        )}
        {answer && answer.conflicts.length === 0 && (
          <p class="check-good" data-testid="is-free">
            <TickIcon /> {words.clear}
          </p>
        )}
        {warnings.length > 0 && (
          <ul class="check-warns" data-testid="check-warnings">
            {warnings.map(({ code }) => (
              <li key={code}>{words.warnings[code]}</li>
            ))}
          </ul>
        )}
        {answer && answer.errors.length > 0 && (
          <ul class="check-bad" data-testid="check-errors">
            {[...new Set(answer.errors.map((error) => faultText(error)))].map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
      </div>
    </aside>
  );
}
