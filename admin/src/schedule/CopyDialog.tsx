import { useEffect, useState } from "preact/hooks";
import type { CopyAnswer } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import { Dialog } from "../../../ui/parts/Dialog.tsx";
import { useNotices } from "../../../ui/parts/Notices.tsx";
import { addDays } from "../../../ui/words/zone.ts";
import { useDesk } from "../desk.ts";
import { useManagingWords, useWordsOf } from "../words/use.ts";
import { isDay, weekOf } from "./clock.ts";
import { scheduleWords } from "./words.ts";

interface CopyDialogProps {
  day: string;
  onClose(): void;
  onCopied(to: string): void;
}

interface Wish {
  days: 1 | 7;
  to: string;
  status: "draft" | "on-sale";
}

/** A day or a week again on other days: what fits and what does not is said before anything is copied. */
export function CopyDialog({ day, onClose, onCopied }: CopyDialogProps) {
  const { api } = useDesk();
  const notices = useNotices();
  const words = useWordsOf(scheduleWords);
  const managing = useManagingWords();
  const formats = useLook().formats.value;
  const [wish, setWish] = useState<Wish>({ days: 1, to: addDays(day, 1), status: "draft" });
  const [tried, setTried] = useState<CopyAnswer | null>(null);
  const from = wish.days === 7 ? (weekOf(day)[0] ?? day) : day;
  const body = { ...wish, from };

  useEffect(() => {
    setTried(null);
    if (!isDay(wish.to)) return;
    let isWanted = true;
    void api.post<CopyAnswer>("/showtimes/copy", { ...body, dryRun: true }).then((answer) => {
      if (isWanted && answer.ok) setTried(answer.body);
    });
    return () => {
      isWanted = false;
    };
  }, [JSON.stringify(body)]);

  async function copy(): Promise<void> {
    const answer = await api.post<CopyAnswer>("/showtimes/copy", { ...body, skipConflicts: true });
    if (!answer.ok) return notices.say(words.copyFailed, "bad");
    notices.say(words.copied(answer.body.created.length), "good");
    onCopied(wish.to);
  }

  const count = tried?.created.length ?? 0;
  return (
    <Dialog
      title={words.copyTitle}
      testId="copy-dialog"
      onClose={onClose}
      actions={
        <>
          <button type="button" class="button" onClick={onClose}>
            {managing.cancel}
          </button>
          <button
            type="button"
            class="button primary"
            data-testid="copy-go"
            disabled={count === 0}
            onClick={() => void copy()}
          >
            {tried !== null && tried.conflicts.length > 0 ? words.copyGood(count) : words.copyGo(count)}
          </button>
        </>
      }
    >
      <fieldset class="field">
        <legend>{words.copyWhat}</legend>
        {([1, 7] as const).map((days) => (
          <label key={days} class="field-check">
            <input
              type="radio"
              name="days"
              checked={wish.days === days}
              onChange={() =>
                setWish({ ...wish, days, to: days === 1 ? addDays(day, 1) : addDays(weekOf(day)[0] ?? day, 7) })
              }
            />
            <span>{copyText(days, day)}</span>
          </label>
        ))}
      </fieldset>
      <div class="form pair-row">
        <label class="field">
          <span>{words.copyTo}</span>
          <input
            type="date"
            data-testid="copy-to"
            value={wish.to}
            onChange={(event) => setWish({ ...wish, to: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>{words.copyAs}</span>
          <select
            value={wish.status}
            onChange={(event) => setWish({ ...wish, status: event.currentTarget.value as Wish["status"] })}
          >
            <option value="draft">{words.status.draft}</option>
            <option value="on-sale">{words.status["on-sale"]}</option>
          </select>
        </label>
      </div>
      <div role="status" aria-busy={tried === null} data-testid="copy-result" class="copy-result">
        {tried === null ? <p class="soft">{words.checking}</p> : <Tried tried={tried} />}
      </div>
    </Dialog>
  );

  function copyText(days: 1 | 7, of: string): string {
    const noon = (date: string) => formats.shortDay(`${date}T12:00:00Z`);
    return days === 1 ? words.copyDay(noon(of)) : words.copyWeek(noon(weekOf(of)[0] ?? of));
  }
}

function Tried({ tried }: { tried: CopyAnswer }) {
  const words = useWordsOf(scheduleWords);
  const formats = useLook().formats.value;
  // A server of a version before them says no warnings. A film of every day is warned about once.
  const { created, skipped, conflicts, warnings = [] } = tried;
  const warned = [...new Set(warnings.map(({ film, code }) => words.warned(film.title, words.warnings[code])))];
  const moved = created.filter(({ clockChange }) => clockChange !== undefined).length;
  if (created.length + skipped.length + conflicts.length === 0) return <p>{words.copyNothing}</p>;
  return (
    <>
      <p>
        <b>{words.copyResult(created.length)}</b>
        {skipped.length > 0 && ` · ${words.copySkipped(skipped.length)}`}
      </p>
      {moved > 0 && <p>{words.clockChange(moved)}</p>}
      {warned.length > 0 && (
        <section class="check-warns" data-testid="copy-warnings" aria-label={words.copyWarnings} tabindex={0}>
          <p>{words.copyWarnings}</p>
          <ul>
            {warned.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </section>
      )}
      {conflicts.length > 0 && (
        <>
          <p class="field-fault">{words.copyConflicts(conflicts.length)}</p>
          <section class="check-bad" aria-label={words.copyConflicts(conflicts.length)} tabindex={0}>
            <ul>
              {conflicts.map(({ showtimeId, startsAt, message, with: other }) => {
                const when = `${formats.shortDay(startsAt)} ${formats.time(startsAt)}`;
                return (
                  <li key={showtimeId} class="tabular">
                    {other ? words.copyConflict(when, other.film.title) : `${when}: ${message}`}
                  </li>
                );
              })}
            </ul>
          </section>
        </>
      )}
    </>
  );
}
