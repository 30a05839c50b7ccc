import { Dialog } from "../../../ui/parts/Dialog.tsx";
import { shortCode } from "../state/codes.ts";
import type { Query } from "../state/resource.ts";
import { useWordsOf } from "../words/use.ts";
import { actionText } from "./actions.ts";
import { actionWords } from "./actionWords.ts";
import type { ShownRow } from "./audit.ts";
import { auditWords } from "./auditWords.ts";
import { useMoment } from "./moment.ts";
import { Named } from "./Named.tsx";

interface AuditDetailsProps {
  row: ShownRow;
  names: ReadonlyMap<string, string>;
  /** Shows what belongs to the same actor or subject. */
  onOnly(part: Query): void;
  onClose(): void;
}

/** All that one row says, and the ways on from it. */
export function AuditDetails({ row, names, onOnly, onClose }: AuditDetailsProps) {
  const words = useWordsOf(auditWords);
  const moment = useMoment();
  const { action, actor, subject } = row;
  const text = actionText(action, useWordsOf(actionWords));
  const named = (id: string) => names.get(id) ?? shortCode(id);
  return (
    <Dialog
      title={text ?? action}
      testId="audit-row"
      onClose={onClose}
      actions={
        <>
          {subject && (
            <button type="button" class="button" data-testid="only-subject" onClick={() => onOnly({ subject })}>
              {words.subjectFilter(named(subject))}
            </button>
          )}
          <button type="button" class="button" data-testid="only-actor" onClick={() => onOnly({ actor: actor.id })}>
            {words.whoFilter(named(actor.id))}
          </button>
        </>
      }
    >
      <dl class="facts">
        <dt>{words.columns.at}</dt>
        <dd>{moment(row.at)}</dd>
        <dt>{words.columns.action}</dt>
        <dd>
          <code>{action}</code>
        </dd>
        <dt>{words.columns.who}</dt>
        <dd>
          {words.kinds[actor.kind] ?? actor.kind} <Whole id={actor.id} names={names} />
        </dd>
        {subject && (
          <>
            <dt>{words.columns.subject}</dt>
            <dd>
              <Whole id={subject} names={names} />
            </dd>
          </>
        )}
        <dt>{words.columns.outcome}</dt>
        <dd>
          {words.outcomeText[row.outcome]} {row.count > 1 && words.times(row.count)}
        </dd>
        {row.from && (
          <>
            <dt>{words.columns.from}</dt>
            <dd>{row.from}</dd>
          </>
        )}
        <dt>{words.details}</dt>
        <dd>{row.details ? <Details details={row.details} /> : words.noDetails}</dd>
      </dl>
      <p class="soft">
        {row.chain !== undefined && row.seq !== undefined ? words.place(row.chain, row.seq) : words.counting}
      </p>
    </Dialog>
  );
}

/** The name, with the way there, and the whole id. */
function Whole({ id, names }: { id: string; names: ReadonlyMap<string, string> }) {
  return names.has(id) ? (
    <>
      <Named id={id} names={names} hasLink /> <code class="soft">{id}</code>
    </>
  ) : (
    <code>{id}</code>
  );
}

function Details({ details }: { details: Record<string, unknown> }) {
  return (
    <ul class="audit-details">
      {Object.entries(details).map(([name, value]) => (
        <li key={name}>
          <code>{name}</code> {typeof value === "string" ? value : JSON.stringify(value)}
        </li>
      ))}
    </ul>
  );
}
