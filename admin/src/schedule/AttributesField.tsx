import { useState } from "preact/hooks";
import { foldText } from "../../../server/basics/fold.ts";
import { TagsField } from "../parts/fields.tsx";
import { useFormAround } from "../parts/ResourceForm.tsx";
import { useManagingWords, useWordsOf } from "../words/use.ts";
import type { House } from "./house.ts";
import { scheduleWords } from "./words.ts";

/** What cinemas here say most; any other can be added. */
const USUAL = ["2D", "3D", "VOSE", "IMAX", "ATMOS"];

/** How it is shown: tags, those with a surcharge among them. */
export function AttributesField({ house }: { house: House }) {
  const { form } = useFormAround();
  const words = useWordsOf(scheduleWords);
  const managing = useManagingWords();
  const [typed, setTyped] = useState("");
  const chosen = form.values.value.attributes as readonly string[];
  const charged = house.priceLists.flatMap(({ surcharges }) => surcharges.map(({ attribute }) => attribute));
  const known = [...chosen, ...charged, ...USUAL];
  /** As it is written already: chosen ones first, then those with a surcharge. */
  const spelt = (name: string) => known.find((one) => foldText(one) === foldText(name)) ?? name;
  const offered = [...new Set([...USUAL, ...charged, ...chosen].map(spelt))];

  function add(): void {
    const name = typed.trim();
    if (name === "") return;
    form.set({ attributes: [...new Set([...chosen, spelt(name)])] });
    setTyped("");
  }

  return (
    <div class="attributes">
      <TagsField name="attributes" options={offered.map((value) => ({ value, label: value }))} />
      <div class="attribute-new">
        <input
          aria-label={words.otherAttribute}
          placeholder={words.otherAttribute}
          maxLength={30}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || typed.trim() === "") return;
            event.preventDefault();
            add();
          }}
        />
        <button type="button" class="button small" aria-label={words.addAttribute} onClick={add}>
          {managing.add}
        </button>
      </div>
    </div>
  );
}
