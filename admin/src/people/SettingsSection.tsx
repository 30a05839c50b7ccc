import { useMemo } from "preact/hooks";
import "../styles/people.css";
import { useDesk } from "../desk.ts";
import { AreaField, TextField } from "../parts/fields.tsx";
import { useManagedActs } from "../parts/managed.ts";
import { Opening } from "../parts/Opening.tsx";
import { ResourceForm } from "../parts/ResourceForm.tsx";
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
  const values = form.values.value;
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
          {CHANNELS.map((channel) => {
            const example = salesEndExample(values[channel]);
            return (
              <TextField
                key={channel}
                name={channel}
                type="number"
                isRequired
                help={example && words.salesEnd(example.minutes, example.clock)}
              />
            );
          })}
        </fieldset>
        <fieldset class="part">
          <legend>{words.parts.refunds}</legend>
          <TextField name="guestCancelMinutes" type="number" isRequired help={words.help.guestCancelMinutes} />
        </fieldset>
      </ResourceForm>
    </section>
  );
}
