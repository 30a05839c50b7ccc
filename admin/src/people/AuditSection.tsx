import { useMemo, useState } from "preact/hooks";
import { useLook } from "../../../ui/look.ts";
import "../styles/people.css";
import { useResource } from "../parts/managed.ts";
import { type Column, ResourceTable } from "../parts/ResourceTable.tsx";
import { SectionHead } from "../parts/SectionHead.tsx";
import { type ResourceList, useResourceList } from "../state/list.ts";
import { useWordsOf } from "../words/use.ts";
import { AuditDetails } from "./AuditDetails.tsx";
import { daysAsMoments, OUTCOMES, type ShownRow, shownRows } from "./audit.ts";
import { auditWords } from "./auditWords.ts";
import { useMoment } from "./moment.ts";
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
        columns={useColumns(useNames(list.items.value.map(({ actor }) => actor.id)))}
        onOpen={setOpen}
        hasSearch={false}
        filters={<Filters list={list} />}
        rowClass={({ outcome }) => (outcome === "denied" ? "denied" : undefined)}
        empty={<p>{words.empty}</p>}
      />
      {open && (
        <AuditDetails
          row={open}
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

function Filters({ list }: { list: ResourceList<ShownRow> }) {
  const words = useWordsOf(auditWords);
  const { timeZone } = useLook().place.value;
  const [days, setDays] = useState({ first: "", last: "" });
  const { outcome, action, actor, subject } = list.query.value;
  const between = (part: Partial<typeof days>) => {
    const next = { ...days, ...part };
    setDays(next);
    list.narrow({ from: undefined, to: undefined, ...daysAsMoments(next.first, next.last, timeZone) });
  };
  return (
    <>
      <input
        type="search"
        aria-label={words.action}
        placeholder={words.actionHelp}
        data-testid="filter-action"
        value={String(action ?? "")}
        onInput={({ currentTarget: { value } }) => list.narrow({ action: value.trim() || undefined })}
      />
      <select
        aria-label={words.outcome}
        data-testid="filter-outcome"
        value={String(outcome ?? "")}
        onChange={({ currentTarget: { value } }) => list.narrow({ outcome: value || undefined })}
      >
        <option value="">{words.anyOutcome}</option>
        {OUTCOMES.map((one) => (
          <option key={one} value={one}>
            {words.outcomes[one]}
          </option>
        ))}
      </select>
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
      {actor !== undefined && <Only text={String(actor)} onEnd={() => list.narrow({ actor: undefined })} />}
      {subject !== undefined && <Only text={String(subject)} onEnd={() => list.narrow({ subject: undefined })} />}
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
          {kinds[actor.kind] ?? actor.kind}{" "}
          {names.has(actor.id) ? <b title={actor.id}>{names.get(actor.id)}</b> : <code class="soft">{actor.id}</code>}
        </>
      ),
    },
    { key: "action", label: columns.action, cell: ({ action }) => <code>{action}</code> },
    {
      ...{ key: "subject", label: columns.subject, isExtra: true },
      cell: ({ subject }) => subject && <code class="soft">{subject}</code>,
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
