import { useState } from "preact/hooks";
import type { Refusal } from "../../../ui/connection/outcome.ts";
import { useNotices } from "../../../ui/parts/Notices.tsx";
import { useDesk } from "../desk.ts";
import { useFocus } from "../parts/focus.ts";
import { SectionHead } from "../parts/SectionHead.tsx";
import { managingRefusal, useManagingWords, useWordsOf } from "../words/use.ts";
import {
  type FilmFile,
  faultPlace,
  faultRule,
  faultText,
  fileText,
  filmFileOf,
  type ImportReport,
  sendFilms,
} from "./importing.ts";
import { filmWords } from "./words.ts";

type Step =
  | { step: "choose"; refusal?: Refusal; isUnreadable?: boolean }
  | { step: "checking" }
  | { step: "preview"; file: FilmFile; report: ImportReport; isSending: boolean };

const COLUMNS =
  "title, originalTitle, genres, durationMinutes, certificate, language, releaseDate, director, synopsis, posterUrl, status";

/** A file of films: what it would do is shown first, line by line; then one button does it. */
export function FilmImport() {
  const { api, route } = useDesk();
  const notices = useNotices();
  const words = useWordsOf(filmWords);
  const [step, setStep] = useState<Step>({ step: "choose" });

  async function check(chosen: File | undefined): Promise<void> {
    if (chosen === undefined) return;
    setStep({ step: "checking" });
    const file = filmFileOf(chosen.name, fileText(new Uint8Array(await chosen.arrayBuffer())));
    if (file === null) return setStep({ step: "choose", isUnreadable: true });
    const answer = await sendFilms(api, file, true);
    if (answer.ok) setStep({ step: "preview", file, report: answer.body, isSending: false });
    else setStep({ step: "choose", refusal: answer });
  }

  async function bring(preview: Extract<Step, { step: "preview" }>): Promise<void> {
    setStep({ ...preview, isSending: true });
    const answer = await sendFilms(api, preview.file, false);
    if (!answer.ok) {
      setStep({ ...preview, isSending: false });
      return notices.say(words.importFailed, "bad");
    }
    notices.say(words.imported(answer.body.created, answer.body.updated), "good");
    route.go({ screen: "films" });
  }

  return (
    <section class="section" data-testid="section-import">
      <SectionHead title={words.importTitle} back={{ screen: "films" }} />
      <div class="import" aria-busy={step.step === "checking"}>
        {step.step !== "preview" && <Choose step={step} onFile={(file) => void check(file)} />}
        {step.step === "preview" && (
          <Preview
            file={step.file}
            report={step.report}
            isSending={step.isSending}
            onBring={() => void bring(step)}
            onOther={() => setStep({ step: "choose" })}
          />
        )}
      </div>
    </section>
  );
}

/** What is wrong with a file as a whole: its header, its size; or with whoever brings it. */
function useFileRefusal(): (refusal: Refusal) => string {
  const words = useWordsOf(filmWords);
  const managing = useManagingWords();
  return (refusal) => {
    const [fault] = refusal.errors ?? [];
    if (refusal.code === "too_large") return words.fileTooLarge;
    if (refusal.code !== "invalid_request" || fault === undefined) return managingRefusal(refusal, managing);
    return `${words.fileUnreadable} ${faultText(fault, words)}`;
  };
}

interface ChooseProps {
  step: Exclude<Step, { step: "preview" }>;
  onFile(file: File | undefined): void;
}

function Choose({ step, onFile }: ChooseProps) {
  const words = useWordsOf(filmWords);
  const refusalText = useFileRefusal();
  const [isOver, setOver] = useState(false);
  return (
    <>
      <p>{words.importText}</p>
      <label
        class={isOver ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          onFile(event.dataTransfer?.files[0]);
        }}
      >
        <span class="button primary">{words.chooseFile}</span>
        <span class="soft">{step.step === "checking" ? words.checking : words.dropHere}</span>
        <input
          type="file"
          class="hidden"
          accept=".csv,.json,text/csv,application/json"
          data-testid="import-file"
          onChange={({ currentTarget }) => onFile(currentTarget.files?.[0])}
        />
      </label>
      <p role="alert" class="form-alert">
        {step.step === "choose" && step.isUnreadable && words.fileUnreadable}
        {step.step === "choose" && step.refusal && refusalText(step.refusal)}
      </p>
      <p class="soft">
        {words.columnsKnown}: <code>{COLUMNS}</code>. {words.genresSeparator}
      </p>
    </>
  );
}

interface PreviewProps {
  file: FilmFile;
  report: ImportReport;
  isSending: boolean;
  onBring(): void;
  onOther(): void;
}

const COUNTS = ["created", "updated", "unchanged"] as const;

function Preview({ file, report, isSending, onBring, onOther }: PreviewProps) {
  const words = useWordsOf(filmWords);
  const managing = useManagingWords();
  const good = report.created + report.updated;
  const bad = report.rejected.length;
  const go = useFocus<HTMLButtonElement>();
  return (
    <>
      <h2>{words.preview(file.name)}</h2>
      <dl class="import-counts tabular">
        {COUNTS.map((name) => (
          <div key={name}>
            <dt>{words[name]}</dt>
            <dd data-testid={`import-${name}`}>{report[name]}</dd>
          </div>
        ))}
        <div class={bad > 0 ? "bad" : undefined}>
          <dt>{words.rejected}</dt>
          <dd data-testid="import-rejected">{bad}</dd>
        </div>
      </dl>
      {report.ignoredColumns.length > 0 && <p class="soft">{words.ignored(report.ignoredColumns.join(", "))}</p>}
      {bad > 0 && <Faults report={report} />}
      <div class="form-acts">
        <button type="button" class="button" data-testid="import-other" onClick={onOther}>
          {words.otherFile}
        </button>
        <span class="spring" />
        {good === 0 ? (
          <p class="soft">{words.importNothing}</p>
        ) : (
          <button
            type="button"
            class="button primary"
            data-testid="import-go"
            aria-disabled={isSending}
            ref={go}
            onClick={() => isSending || onBring()}
          >
            {isSending ? managing.saving : bad > 0 ? words.importGood(good) : words.importAll(good)}
          </button>
        )}
      </div>
    </>
  );
}

function Faults({ report }: { report: ImportReport }) {
  const words = useWordsOf(filmWords);
  const faults = report.rejected.flatMap(({ errors }) => errors);
  return (
    <section class="table-box" tabindex={0} aria-label={words.rejected}>
      <table class="table" data-testid="import-faults">
        <thead>
          <tr>
            <th scope="col" class="number">
              {words.line}
            </th>
            <th scope="col">{words.field}</th>
            <th scope="col">{words.fault}</th>
          </tr>
        </thead>
        <tbody>
          {faults.map((fault) => (
            <tr key={`${fault.line} ${fault.path} ${fault.message}`} data-code={fault.code}>
              <th scope="row" class="number">
                {fault.line}
              </th>
              <td>{faultPlace(fault, words)}</td>
              <td>
                {faultText(fault, words)} <span class="soft">{faultRule(fault, words)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
