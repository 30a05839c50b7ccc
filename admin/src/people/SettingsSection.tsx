import { useMemo } from "preact/hooks";
import "../styles/people.css";
import { useDesk } from "../desk.ts";
import { AreaField, FieldFrame, TextField } from "../parts/fields.tsx";
import { useManagedActs } from "../parts/managed.ts";
import { Opening } from "../parts/Opening.tsx";
import { ResourceForm, useFormAround } from "../parts/ResourceForm.tsx";
import { SectionHead } from "../parts/SectionHead.tsx";
import type { Form } from "../state/form.ts";
import { useWordsOf } from "../words/use.ts";
import { CHANNELS, type House, type HouseValues, houseResource, houseSpec, salesEndExample } from "./house.ts";
import { houseWords } from "./houseWords.ts";

/** What the house is called, what it owes, and when it stops selling. */
export default function SettingsSection() {
  const { api } = useDesk();
  const spec = useMemo(() => houseSpec(houseResource(api)), [api]);
  return (
    <Opening spec={spec} id="house" list={{ screen: "wall" }}>
      {(form) => <HouseForm form={form} />}
    </Opening>
  );
}

function HouseForm({ form }: { form: Form<House, HouseValues> }) {
  const { api, route, cinemaName } = useDesk();
  const words = useWordsOf(houseWords);
  const acts = useManagedActs<House>(useMemo(() => houseResource(api), [api]));
  return (
    <section class="section" data-testid="section-settings">
      <SectionHead title={words.title} text={cinemaName} />
      <ResourceForm
        form={form}
        labels={words.fields}
        faultTexts={words.faults}
        onSaved={() => acts.saySaved(form, form.restart)}
        onCancel={() => (form.isChanged.peek() ? form.restart(form.base.peek()) : route.go({ screen: "wall" }))}
      >
        <fieldset class="part">
          <legend>{words.parts.house}</legend>
          <TextField name="cinemaName" isRequired maxLength={200} help={words.help.cinemaName} />
          <AreaField name="address" rows={2} help={words.help.address} />
        </fieldset>
        <fieldset class="part">
          <legend>{words.parts.books}</legend>
          <TextField name="legalName" maxLength={200} help={words.help.legalName} />
          <div class="pair">
            <TextField name="taxId" maxLength={50} isShort />
            <TextField name="vatRate" type="number" isRequired help={words.help.vatRate} />
          </div>
        </fieldset>
        <fieldset class="part">
          <legend>{words.parts.sales}</legend>
          <p class="soft">{words.help.salesEnd}</p>
          {CHANNELS.map((channel) => (
            <SalesEndField key={channel} channel={channel} />
          ))}
        </fieldset>
        <fieldset class="part">
          <legend>{words.parts.refunds}</legend>
          <TextField name="guestCancelMinutes" type="number" isRequired help={words.help.guestCancelMinutes} />
        </fieldset>
      </ResourceForm>
    </section>
  );
}

/** Minutes and which side of the start they lie on; below, what it means for a film. */
function SalesEndField({ channel }: { channel: (typeof CHANNELS)[number] }) {
  const words = useWordsOf(houseWords);
  const { form, labels } = useFormAround();
  const text = String(form.values.value[channel]);
  const isAfter = text.startsWith("-");
  const minutes = isAfter ? text.slice(1) : text;
  const example = salesEndExample(text);
  const set = (next: string, after: boolean) => form.set({ [channel]: after ? `-${next}` : next });
  return (
    <FieldFrame name={channel} isRequired help={example && words.salesEnd(example.minutes, example.clock)}>
      {(ties) => (
        <div class="minutes-line">
          <input
            {...ties}
            class="short tabular"
            inputMode="numeric"
            autocomplete="off"
            value={minutes}
            onInput={({ currentTarget: { value } }) => set(value.trim(), isAfter)}
          />
          <select
            aria-label={`${labels[channel]}: ${words.side}`}
            data-testid={`side-${channel}`}
            value={isAfter ? "after" : "before"}
            onChange={({ currentTarget: { value } }) => set(minutes, value === "after")}
          >
            <option value="before">{words.before}</option>
            <option value="after">{words.after}</option>
          </select>
        </div>
      )}
    </FieldFrame>
  );
}
