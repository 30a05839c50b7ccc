import { useId, useMemo, useState } from "preact/hooks";
import { useLook } from "../../../ui/look.ts";
import "../styles/people.css";
import { FilterSelect } from "../parts/FilterSelect.tsx";
import { useResource } from "../parts/managed.ts";
import { type Column, ResourceTable } from "../parts/ResourceTable.tsx";
import { SectionHead } from "../parts/SectionHead.tsx";
import { shortCode } from "../state/codes.ts";
import { type ResourceList, useResourceList } from "../state/list.ts";
import { useWordsOf } from "../words/use.ts";
import { AuditDetails } from "./AuditDetails.tsx";
import { actionMeant, actionText, offeredActions } from "./actions.ts";
import { actionWords } from "./actionWords.ts";
import { daysAsMoments, OUTCOMES, type ShownRow, shownRows, strangersOf } from "./audit.ts";
import { auditWords } from "./auditWords.ts";
import { useMoment } from "./moment.ts";
import { Named } from "./Named.tsx";
import { useNames } from "./names.ts";
import { Verification } from "./Verification.tsx";

/** Everything that was done or refused, newest first. */
export default function AuditSection() {
  const words = useWordsOf(auditWords);
  const resource = useResource<ShownRow>("/audit");
  const list = useResourceList<ShownRow>(
    useMemo(() => shownRows(resource), [resource]),
    "audit",
  );
  const names = useNames(strangersOf(list.items.value));
  const [open, setOpen] = useState<ShownRow | null>(null);
  return (
    <section class="section fills audit" data-testid="section-audit">
      <div class="audit-head">
        <SectionHead title={words.title} text={words.text} />
        <Verification />
      </div>
      <ResourceTable<ShownRow>
        list={list}
        label={words.title}
        columns={useColumns(names)}
        onOpen={setOpen}
        hasSearch={false}
        filters={<Filters list={list} names={names} />}
        rowClass={({ outcome }) => (outcome === "denied" ? "denied" : undefined)}
        empty={<p>{words.empty}</p>}
      />
      {open && (
        <AuditDetails
          row={open}
          names={names}
          onOnly={(part) => {
            list.narrow(part);
            setOpen(null);
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </section>
  );
}

function Filters({ list, names }: { list: ResourceList<ShownRow>; names: ReadonlyMap<string, string> }) {
  const words = useWordsOf(auditWords);
  const { timeZone } = useLook().place.value;
  const [days, setDays] = useState({ first: "", last: "" });
  const { actor, subject } = list.query.value;
  const named = (id: unknown) => names.get(String(id)) ?? shortCode(String(id));
  const between = (part: Partial<typeof days>) => {
    const next = { ...days, ...part };
    setDays(next);
    list.narrow({ from: undefined, to: undefined, ...daysAsMoments(next.first, next.last, timeZone) });
  };
  return (
    <>
      <ActionFilter list={list} />
      <FilterSelect
        {...{ list, by: "outcome", label: words.outcome, any: words.anyOutcome }}
        options={OUTCOMES.map((one) => ({ value: one, label: words.outcomes[one] }))}
      />
      <label class="day-field">
        <span class="soft">{words.from}</span>
        <input
          type="date"
          value={days.first}
          onChange={({ currentTarget }) => between({ first: currentTarget.value })}
        />
      </label>
      <label class="day-field">
        <span class="soft">{words.to}</span>
        <input type="date" value={days.last} onChange={({ currentTarget }) => between({ last: currentTarget.value })} />
      </label>
      {actor !== undefined && <Only text={named(actor)} onEnd={() => list.narrow({ actor: undefined })} />}
      {subject !== undefined && <Only text={named(subject)} onEnd={() => list.narrow({ subject: undefined })} />}
    </>
  );
}

/** Looks for one action, by its words or its code: those that there are drop down. */
function ActionFilter({ list }: { list: ResourceList<ShownRow> }) {
  const words = useWordsOf(auditWords);
  const language = useLook().language.value;
  const { action } = list.query.value;
  const id = useId();
  const shown = action === undefined ? "" : actionText(String(action), actionWords[language]);
  return (
    <>
      <input
        type="search"
        class="action-filter"
        list={id}
        aria-label={words.action}
        placeholder={words.actionHelp}
        data-testid="filter-action"
        defaultValue={shown ?? String(action)}
        onInput={({ currentTarget: { value } }) => {
          // Half a word finds nothing: the list waits for a whole one, or for Enter.
          const meant = actionMeant(value, language);
          if (meant !== undefined || value === "") list.narrow({ action: meant });
        }}
        onChange={({ currentTarget: { value } }) =>
          list.narrow({ action: actionMeant(value, language) ?? (value.trim() || undefined) })
        }
      />
      <datalist id={id}>
        {offeredActions(language).map(({ action: code, text }) => (
          <option key={code} value={text}>
            {code}
          </option>
        ))}
      </datalist>
    </>
  );
}

/** What the list is narrowed to; a touch takes it away. */
function Only({ text, onEnd }: { text: string; onEnd(): void }) {
  const words = useWordsOf(auditWords);
  return (
    <button type="button" class="button small" onClick={onEnd}>
      {words.only} {text} ×
    </button>
  );
}

/** What was done in words, and its code, which is what it is searched by elsewhere. */
function Act({ action }: { action: string }) {
  const text = actionText(action, useWordsOf(actionWords));
  return (
    <>
      {text} <code class="soft">{action}</code>
    </>
  );
}

function useColumns(names: ReadonlyMap<string, string>): Column<ShownRow>[] {
  const words = useWordsOf(auditWords);
  const { columns, kinds, outcomes } = words;
  const moment = useMoment();
  return [
    { key: "at", label: columns.at, cell: ({ at }) => <span class="nowrap tabular">{moment(at)}</span> },
    {
      ...{ key: "who", label: columns.who },
      cell: ({ actor }) => (
        <>
          {kinds[actor.kind] ?? actor.kind} <Named id={actor.id} names={names} />
        </>
      ),
    },
    {
      ...{ key: "action", label: columns.action },
      cell: ({ action }) => <Act action={action} />,
    },
    {
      ...{ key: "subject", label: columns.subject, isExtra: true },
      cell: ({ subject }) => subject && <Named id={subject} names={names} hasLink />,
    },
    {
      ...{ key: "outcome", label: columns.outcome },
      cell: ({ outcome, count }) => (
        <span class="nowrap">
          <span class={`badge ${outcome === "done" ? "good" : outcome === "denied" ? "bad" : "quiet"}`}>
            {outcomes[outcome]}
          </span>
          {count > 1 && ` ${words.times(count)}`}
        </span>
      ),
    },
    { key: "from", label: columns.from, isExtra: true, cell: ({ from }) => from },
  ];
}
