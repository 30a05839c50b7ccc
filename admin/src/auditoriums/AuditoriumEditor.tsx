import { useEffect, useMemo, useState } from "preact/hooks";
import { readChart } from "../../../server/protocol/chart.ts";
import type { Auditorium, Showtime } from "../../../server/protocol/resources.ts";
import { useDesk } from "../desk.ts";
import { TextField } from "../parts/fields.tsx";
import { useManagedActs, useResource } from "../parts/managed.ts";
import { Opening } from "../parts/Opening.tsx";
import { ResourceForm } from "../parts/ResourceForm.tsx";
import { SectionHead } from "../parts/SectionHead.tsx";
import type { Form, FormSpec } from "../state/form.ts";
import type { Resource } from "../state/resource.ts";
import { useManagingWords, useWordsOf } from "../words/use.ts";
import { ChartField } from "./ChartField.tsx";
import { ChartPreview } from "./ChartPreview.tsx";
import { auditoriumWords } from "./words.ts";

type AuditoriumValues = { name: string; chart: string };
type AuditoriumForm = Form<Auditorium, AuditoriumValues>;

const LIST = { screen: "auditoriums" } as const;
/** A room to begin with: every kind of place, ready to be changed. */
const FIRST_CHART = ["A", "B", "C", "D", "E"]
  .map((row) => `${row}  ssss..ssssssss..ssss`)
  .concat("F  ..wcss..ssss..sscw..", "G  vvvv..vvvvvvvv..vvvv")
  .join("\n");

function auditoriumSpec(resource: Resource<Auditorium>): FormSpec<Auditorium, AuditoriumValues> {
  return {
    resource,
    valuesOf: (room) => ({ name: room?.name ?? "", chart: room?.chart ?? FIRST_CHART }),
    bodyOf: ({ name, chart }) => ({ name: name.trim(), chart }),
    faultsOf: ({ name, chart }) => ({
      ...(name.trim() === "" && { name: "required" }),
      ...(readChart(chart).faults.length > 0 && { chart: "chart" }),
    }),
  };
}

/** One auditorium: its chart as text, and beside it as guests will see it. */
export function AuditoriumEditor({ auditoriums, id }: { auditoriums: Resource<Auditorium>; id: string }) {
  const spec = useMemo(() => auditoriumSpec(auditoriums), [auditoriums]);
  return (
    <Opening spec={spec} id={id} list={LIST}>
      {(form) => <AuditoriumForms form={form} auditoriums={auditoriums} />}
    </Opening>
  );
}

function AuditoriumForms({ form, auditoriums }: { form: AuditoriumForm; auditoriums: Resource<Auditorium> }) {
  const { route, questions } = useDesk();
  const words = useWordsOf(auditoriumWords);
  const managing = useManagingWords();
  const acts = useManagedActs(auditoriums);
  const room = form.base.value;
  const touched = useTouched(room?.id);
  const { chart } = form.values.value;
  const reading = useMemo(() => readChart(chart), [chart]);
  const consequences = [
    ...(touched.kept > 0 ? [words.changeKept(touched.kept)] : []),
    ...(touched.drafts > 0 ? [words.changeDrafts(touched.drafts)] : []),
    words.changeNew,
  ];
  const isOtherChart = room !== null && room.chart !== chart;

  async function remove(): Promise<void> {
    if (room === null) return;
    const question = { title: words.removeTitle(room.name), consequences: words.removeText, danger: true };
    if (!(await acts.remove(room, room.name, { question: { ...question, action: managing.remove } }))) return;
    form.restart(room);
    route.go(LIST);
  }

  return (
    <section class="section auditorium" data-testid="section-auditorium">
      <SectionHead title={room?.name ?? words.add} back={LIST} />
      <div class="auditorium-edit">
        <ResourceForm
          form={form}
          labels={words.fields}
          faultTexts={words.faults}
          beforeSave={async () => {
            if (!isOtherChart || reading.faults.length > 0) return true;
            return questions.ask({ title: words.changeTitle, consequences, action: words.changeAction });
          }}
          onSaved={() => {
            acts.saySaved(form);
            route.go(LIST);
          }}
          onCancel={() => route.go(LIST)}
          acts={
            room && (
              <button type="button" class="button danger" data-testid="remove" onClick={() => void remove()}>
                {managing.remove}
              </button>
            )
          }
        >
          <TextField name="name" isRequired hasFocus={room === null} maxLength={100} />
          <ChartField faults={reading.faults} />
          {isOtherChart && (
            <div class="chart-note" role="status" data-testid="chart-note">
              {consequences.map((text) => (
                <p key={text}>{text}</p>
              ))}
            </div>
          )}
        </ResourceForm>
        <ChartPreview reading={reading} chart={chart} onChange={(next) => form.set({ chart: next })} />
      </div>
    </section>
  );
}

/** Showtimes to come in a room: those that keep their chart, and drafts that get another one. */
function useTouched(auditoriumId: string | undefined): { kept: number; drafts: number } {
  const showtimes = useResource<Showtime>("/showtimes");
  const [touched, setTouched] = useState({ kept: 0, drafts: 0 });
  useEffect(() => {
    if (auditoriumId === undefined) return;
    void showtimes.all({ from: new Date().toISOString() }).then((answer) => {
      if (!answer.ok) return;
      const here = answer.items.filter((showtime) => showtime.auditoriumId === auditoriumId);
      const kept = here.filter(({ status }) => status === "on-sale" || status === "closed").length;
      setTouched({ kept, drafts: here.filter(({ status }) => status === "draft").length });
    });
  }, [auditoriumId, showtimes]);
  return touched;
}
