import { useRef } from "preact/hooks";
import type { ChartFault } from "../../../server/protocol/chart.ts";
import { FieldFrame } from "../parts/fields.tsx";
import { useFormAround } from "../parts/ResourceForm.tsx";
import { useWordsOf } from "../words/use.ts";
import { lineSpan } from "./chart.ts";
import { auditoriumWords } from "./words.ts";

const KEY = ["s", "v", "w", "c", "."] as const;

/** The chart as text, its lines numbered; a line that is wrong is marked, and named below with a way to it. */
export function ChartField({ faults }: { faults: readonly ChartFault[] }) {
  const { form } = useFormAround();
  const words = useWordsOf(auditoriumWords);
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLOListElement>(null);
  const chart = String(form.values.value.chart);
  const lines = chart.split(/\r\n|\n|\r/);

  function reach(line: number): void {
    area.current?.focus();
    area.current?.setSelectionRange(...lineSpan(area.current.value, line));
  }

  return (
    <>
      <FieldFrame
        name="chart"
        isRequired
        help={
          <>
            {words.chartHelp}{" "}
            {KEY.map((place) => (
              <span key={place} class="chart-key">
                <code>{place}</code> {words.key[place]}{" "}
              </span>
            ))}
          </>
        }
      >
        {(ties) => (
          <div class="chart-text">
            <ol ref={gutter} aria-hidden="true">
              {lines.map((_, at) => (
                <li key={at} class={faults.some(({ line }) => line === at + 1) ? "bad" : undefined} />
              ))}
            </ol>
            <textarea
              {...ties}
              ref={area}
              aria-invalid={faults.length > 0}
              aria-describedby={`${ties["aria-describedby"] ?? ""} chart-faults`}
              wrap="off"
              spellcheck={false}
              autocapitalize="off"
              rows={Math.min(Math.max(lines.length + 1, 10), 26)}
              value={chart}
              onInput={(event) => form.set({ chart: event.currentTarget.value })}
              onScroll={(event) => {
                if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
              }}
            />
          </div>
        )}
      </FieldFrame>
      <div id="chart-faults" role="status">
        {faults.length > 0 && (
          <>
            <p class="field-fault">{words.faultsTitle(faults.length)}</p>
            <ul class="chart-faults" data-testid="chart-faults">
              {faults.map((fault) => (
                <li key={fault.line}>
                  <button type="button" class="link" onClick={() => reach(fault.line)}>
                    {words.line(fault.line)}
                  </button>
                  : {words.fault(fault)}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </>
  );
}
