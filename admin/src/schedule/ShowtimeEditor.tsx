import { useMemo } from "preact/hooks";
import type { Film, Showtime } from "../../../server/protocol/resources.ts";
import type { Refusal } from "../../../ui/connection/outcome.ts";
import { useLook } from "../../../ui/look.ts";
import { showDayOf } from "../../../ui/words/zone.ts";
import { useDesk } from "../desk.ts";
import { SelectField, TextField } from "../parts/fields.tsx";
import { useManagedActs, useResource } from "../parts/managed.ts";
import { Opening } from "../parts/Opening.tsx";
import { ResourceForm } from "../parts/ResourceForm.tsx";
import { ScreenLink } from "../parts/ScreenLink.tsx";
import { SectionHead } from "../parts/SectionHead.tsx";
import type { FieldValue, Form } from "../state/form.ts";
import type { Question } from "../state/questions.ts";
import type { Resource } from "../state/resource.ts";
import { useManagingWords, useWordsOf } from "../words/use.ts";
import { AttributesField } from "./AttributesField.tsx";
import { CheckPanel, useCheck } from "./CheckPanel.tsx";
import { FilmField } from "./FilmField.tsx";
import { beginning, type House } from "./house.ts";
import { PriceFields } from "./PriceFields.tsx";
import { checkBody, nextStatuses, type ShowtimeFormDeps, type ShowtimeValues, showtimeSpec } from "./showtimeForm.ts";
import { releaseQuestion, warningsOf } from "./warnings.ts";
import { type ScheduleWords, scheduleWords } from "./words.ts";

interface EditorProps {
  showtimes: Resource<Showtime>;
  house: House;
  id: string;
}

type ShowtimeForm = Form<Showtime, ShowtimeValues>;

/** One showtime; whether it fits, and what it costs, stands beside it before anything is saved. */
export function ShowtimeEditor({ showtimes, house, id }: EditorProps) {
  const { timeZone, currency } = useLook().place.value;
  const deps = useMemo<ShowtimeFormDeps>(() => {
    const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
    const first = { auditoriumId: "", day: showDayOf(Date.now(), timeZone), time: "18:00", priceListId: "" };
    return {
      ...{ resource: showtimes, timeZone, digits: digits.maximumFractionDigits ?? 2 },
      beginning: { ...first, ...beginning.next },
    };
  }, [showtimes, timeZone, currency]);
  const spec = useMemo(() => showtimeSpec(deps), [deps]);
  return (
    <Opening spec={spec} id={id} list={{ screen: "schedule" }}>
      {(form) => <ShowtimeForms form={form} house={house} deps={deps} />}
    </Opening>
  );
}

function ShowtimeForms({ form, house, deps }: { form: ShowtimeForm; house: House; deps: ShowtimeFormDeps }) {
  const { api, route, questions } = useDesk();
  const words = useWordsOf(scheduleWords);
  const managing = useManagingWords();
  const acts = useManagedActs(deps.resource);
  const films = useResource<Film>("/films");
  const showtime = form.base.value;
  const values = form.values.value;
  const check = useCheck(form, deps);
  const sheetOf = (of: Showtime) => showDayOf(Date.parse(of.startsAt), deps.timeZone);
  const back = { screen: "schedule", id: showtime ? sheetOf(showtime) : form.valuesOf(null).day } as const;
  const isFinal = showtime?.status === "cancelled";

  async function remove(): Promise<void> {
    if (showtime === null) return;
    const question = { title: words.removeTitle, consequences: words.removeText, danger: true };
    if (!(await acts.remove(showtime, showtime.film.title, { question: { ...question, action: managing.remove } })))
      return;
    form.restart(showtime);
    route.go(back);
  }

  return (
    <section class="section showtime-form" data-testid="section-showtime">
      <SectionHead
        title={showtime?.film.title ?? words.newShowtime}
        back={back}
        text={showtime && words.status[showtime.status]}
      >
        {showtime && showtime.status !== "draft" && (
          <ScreenLink to={{ screen: "showtime", showtimeId: showtime.id }} class="button">
            {words.openRoom}
          </ScreenLink>
        )}
      </SectionHead>
      <div class="showtime-edit">
        <ResourceForm
          form={form}
          labels={words.fields}
          faultTexts={words.faults}
          shown={(field, value) => shownValue(field, value, house, words)}
          refusalText={(refusal) => refusalText(refusal, words)}
          beforeSave={async () => {
            const isReleased = values.status === "on-sale" && showtime?.status !== "on-sale";
            const warnings = isReleased ? await warningsOf(api, checkBody(values, deps, showtime?.id)) : [];
            const warned = warnings.map(({ code }) => words.warnings[code]);
            const question = questionOf(showtime, values.status, warned, words);
            return question === null || questions.ask(question);
          }}
          onSaved={(saved) => {
            acts.saySaved(form);
            beginning.next = { priceListId: saved.priceListId ?? "" };
            route.go({ screen: "schedule", id: sheetOf(saved) });
          }}
          onCancel={() => route.go(back)}
          acts={
            showtime && (
              <button type="button" class="button danger" data-testid="remove" onClick={() => void remove()}>
                {managing.remove}
              </button>
            )
          }
        >
          {isFinal && <p class="chart-note">{words.closed}</p>}
          <FilmField films={films} hasFocus={showtime === null} />
          <div class="pair">
            <SelectField
              name="auditoriumId"
              isRequired
              isDisabled={showtime !== null && showtime.status !== "draft"}
              help={showtime !== null && showtime.status !== "draft" ? words.roomFixed : undefined}
              options={[
                ...(values.auditoriumId === "" ? [{ value: "", label: "" }] : []),
                ...(house.auditoriums ?? []).map(({ id, name }) => ({ value: id, label: name })),
              ]}
            />
            <SelectField
              name="status"
              isRequired
              options={nextStatuses(showtime?.status ?? null).map((value) => ({ value, label: words.status[value] }))}
            />
          </div>
          <div class="pair">
            <TextField name="day" type="date" isRequired isShort />
            <TextField name="time" isRequired isShort maxLength={5} placeholder="18:30" />
          </div>
          <AttributesField house={house} />
          <PriceFields house={house} check={check} />
          <MoreFields />
        </ResourceForm>
        <CheckPanel check={check} />
      </div>
    </section>
  );
}

function MoreFields() {
  const words = useWordsOf(scheduleWords);
  const rules = ["", "off", "warn", "enforce"] as const;
  return (
    <details class="more">
      <summary>{words.more}</summary>
      <div class="form-fields">
        <SelectField name="orphanRule" options={rules.map((value) => ({ value, label: words.rules[value] }))} />
        <TextField name="accessReleaseMinutes" type="number" maxLength={5} />
      </div>
    </details>
  );
}

/** What is asked before a status is saved that others feel. A new one is asked about where it may not be meant. */
function questionOf(
  showtime: Showtime | null,
  status: string,
  warned: readonly string[],
  words: ScheduleWords,
): Question | null {
  if (showtime === null) return warned.length === 0 ? null : releaseQuestion(1, warned, words);
  if (showtime.status === status) return null;
  if (status === "cancelled")
    return {
      ...{ title: words.cancelTitle, consequences: words.cancelText(showtime.counts.sold), danger: true },
      ...{ action: words.cancelAction, stay: words.keep },
    };
  if (status === "closed") return { title: words.closeTitle, consequences: words.closeText, action: words.closeAction };
  return releaseQuestion(1, warned, words);
}

function refusalText(refusal: Refusal, words: ScheduleWords): string | undefined {
  switch (refusal.code) {
    case "schedule_conflict":
      return words.conflict;
    case "showtime_closed":
      return words.closed;
    case "in_use":
      return words.filmFixed;
    default:
      return undefined;
  }
}

function shownValue(field: string, value: FieldValue, house: House, words: ScheduleWords): string | undefined {
  const named = (list: readonly { id: string; name: string }[] | null) => list?.find(({ id }) => id === value)?.name;
  switch (field) {
    case "auditoriumId":
      return named(house.auditoriums);
    case "priceListId":
      return value === "" ? words.byHand : named(house.priceLists);
    case "status":
      return words.status[value as Showtime["status"]];
    case "prices":
      return Object.entries(value as Record<string, string>)
        .map(([key, amount]) => {
          const [zone, typeId] = key.split(" ");
          const type = house.ticketTypes.find(({ id }) => id === typeId)?.name ?? "";
          return `${words.zone[zone as "standard" | "vip"]} ${type}: ${amount}`;
        })
        .join("\n");
    default:
      return undefined;
  }
}
