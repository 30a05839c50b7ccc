import { Dialog } from "../../../ui/parts/Dialog.tsx";
import { ScreenLink } from "../parts/ScreenLink.tsx";
import type { Query } from "../state/resource.ts";
import { useWordsOf } from "../words/use.ts";
import { type ShownRow, screenOfId } from "./audit.ts";
import { auditWords } from "./auditWords.ts";
import { useMoment } from "./moment.ts";

interface AuditDetailsProps {
  row: ShownRow;
  /** Shows what belongs to the same actor or subject. */
  onOnly(part: Query): void;
  onClose(): void;
}

/** All that one row says, and the ways on from it. */
export function AuditDetails({ row, onOnly, onClose }: AuditDetailsProps) {
  const words = useWordsOf(auditWords);
  const moment = useMoment();
  const { actor, subject } = row;
  return (
    <Dialog
      title={row.action}
      testId="audit-row"
      onClose={onClose}
      actions={
        <>
          {subject && (
            <button type="button" class="button" data-testid="only-subject" onClick={() => onOnly({ subject })}>
              {words.subjectFilter(subject)}
            </button>
          )}
          <button type="button" class="button" data-testid="only-actor" onClick={() => onOnly({ actor: actor.id })}>
            {words.whoFilter(actor.id)}
          </button>
        </>
      }
    >
      <dl class="facts">
        <dt>{words.columns.at}</dt>
        <dd>{moment(row.at)}</dd>
        <dt>{words.columns.who}</dt>
        <dd>
          {words.kinds[actor.kind] ?? actor.kind} <Id id={actor.id} />
        </dd>
        {subject && (
          <>
            <dt>{words.columns.subject}</dt>
            <dd>
              <Id id={subject} />
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

/** An id, and the way to what it names where one may go there. */
function Id({ id }: { id: string }) {
  const screen = screenOfId(id);
  return screen ? (
    <ScreenLink to={screen}>
      <code>{id}</code>
    </ScreenLink>
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
