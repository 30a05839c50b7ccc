import { useState } from "preact/hooks";
import { useLook } from "../../../ui/look.ts";
import { AlertIcon, TickIcon } from "../../../ui/parts/icons.tsx";
import { useDesk } from "../desk.ts";
import { useWordsOf } from "../words/use.ts";
import type { AuditReport } from "./audit.ts";
import { auditWords } from "./auditWords.ts";

type Verdict =
  | { status: "none" }
  | { status: "running" }
  | { status: "failed" }
  | { status: "known"; report: AuditReport };

/** Every row is read for it: years of them take a while. */
const PATIENCE_MS = 120_000;

/** Has every chain recomputed, and says what came of it. */
export function Verification() {
  const { api } = useDesk();
  const words = useWordsOf(auditWords);
  const [verdict, setVerdict] = useState<Verdict>({ status: "none" });
  async function verify(): Promise<void> {
    if (verdict.status === "running") return;
    setVerdict({ status: "running" });
    const answer = await api.get<AuditReport>("/audit/verify", undefined, { timeoutMs: PATIENCE_MS });
    setVerdict(answer.ok ? { status: "known", report: answer.body } : { status: "failed" });
  }
  const isRunning = verdict.status === "running";
  return (
    <div class="verification">
      <div role="status" data-testid="verdict">
        {isRunning && <p>{words.verifying}</p>}
        {verdict.status === "failed" && <p class="verdict bad">{words.verifyFailed}</p>}
        {verdict.status === "known" && <Verdict report={verdict.report} />}
      </div>
      <button type="button" class="button" data-testid="verify" aria-disabled={isRunning} onClick={() => void verify()}>
        {words.verify}
      </button>
    </div>
  );
}

function Verdict({ report }: { report: AuditReport }) {
  const words = useWordsOf(auditWords);
  const formats = useLook().formats.value;
  const rows = report.chains.reduce((sum, chain) => sum + chain.rows, 0);
  const faults = report.chains.flatMap(({ chain, fault, brokenAt = 1 }) =>
    fault ? [words.faults[fault](chain, brokenAt)] : [],
  );
  return (
    <div class={report.ok ? "verdict good" : "verdict bad"} data-ok={report.ok}>
      {report.ok ? <TickIcon /> : <AlertIcon />}
      <div>
        <p>{report.ok ? words.whole(report.chains.length, formats.number(rows)) : words.broken}</p>
        {faults.map((fault) => (
          <p key={fault}>{fault}</p>
        ))}
        {report.open.length > 0 && <p class="soft">{words.openRows(report.open.length)}</p>}
      </div>
    </div>
  );
}
