import { useRef } from "preact/hooks";
import type { TicketType } from "../../../server/protocol/resources.ts";
import { CloseIcon } from "../../../ui/parts/icons.tsx";
import { useNotices } from "../../../ui/parts/Notices.tsx";
import { AddName, InlineName } from "../parts/InlineName.tsx";
import { useManagedActs, useResource } from "../parts/managed.ts";
import { type Column, ResourceTable } from "../parts/ResourceTable.tsx";
import { SectionHead } from "../parts/SectionHead.tsx";
import { useResourceList } from "../state/list.ts";
import { managingRefusal, useManagingWords, useWordsOf } from "../words/use.ts";
import { renumbered } from "./order.ts";
import { priceWords } from "./words.ts";

/** Ticket types, edited where they stand; their order is the order in which they are offered. */
export default function TicketTypesSection() {
  const words = useWordsOf(priceWords);
  const managing = useManagingWords();
  const notices = useNotices();
  const resource = useResource<TicketType>("/ticket-types");
  const list = useResourceList(resource, "ticket-types", { limit: 200 });
  const acts = useManagedActs(resource);
  const section = useRef<HTMLElement>(null);
  const types = list.items.value;

  async function add(name: string) {
    const last = types.reduce((most, { order }) => Math.max(most, order), 0);
    const made = await resource.create({ name, order: last + 1 });
    if (made.ok) await list.reload();
    return made.ok ? null : made;
  }

  async function change(type: TicketType, part: Partial<TicketType>) {
    const changed = await resource.change(type.id, part, type.version);
    if (changed.ok) list.put(changed.body);
    else if (changed.code === "version_conflict") await list.reload();
    return changed.ok ? null : changed;
  }

  async function turn(type: TicketType, active: boolean) {
    const refused = await change(type, { active });
    if (refused) notices.say(managingRefusal(refused, managing), "bad");
  }

  async function move(type: TicketType, by: -1 | 1) {
    const at = types.indexOf(type);
    if (types[at + by] === undefined) return;
    for (const moved of renumbered(types, at, by)) {
      const refused = await resource.change(moved.id, { order: moved.order }, moved.version);
      if (!refused.ok) {
        notices.say(managingRefusal(refused, managing), "bad");
        break;
      }
    }
    await list.reload();
    notices.speak(words.moved(type.name, at + by + 1));
    section.current?.querySelector<HTMLElement>(`[data-id="${type.id}"] .inline-name`)?.focus();
  }

  async function remove(type: TicketType) {
    const { name, order, active } = type;
    const options = {
      inUse: words.ticketTypeInUse,
      again: { name, order, active },
      onRestored: () => void list.reload(),
    };
    if (await acts.remove(type, name, options)) list.drop(type.id);
  }

  const columns: Column<TicketType>[] = [
    {
      ...{ key: "name", label: words.name },
      cell: (type) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: it listens for the keys of the name inside
        <div
          onKeyDown={(event) => {
            if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
            event.preventDefault();
            void move(type, event.key === "ArrowUp" ? -1 : 1);
          }}
        >
          <InlineName value={type.name} label={words.name} onSave={(name) => change(type, { name })} />
        </div>
      ),
    },
    {
      ...{ key: "active", label: words.active },
      cell: (type) => (
        <input
          type="checkbox"
          aria-label={words.activeOf(type.name)}
          checked={type.active}
          onChange={(event) => void turn(type, event.currentTarget.checked)}
        />
      ),
    },
    {
      ...{ key: "order", label: words.position, isNumber: true },
      cell: (type) => (
        <span class="movers">
          <button
            type="button"
            class="icon-button"
            aria-label={words.moveUp(type.name)}
            disabled={type === types[0]}
            onClick={() => void move(type, -1)}
          >
            ↑
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label={words.moveDown(type.name)}
            disabled={type === types.at(-1)}
            onClick={() => void move(type, 1)}
          >
            ↓
          </button>
        </span>
      ),
    },
    {
      ...{ key: "remove", label: managing.remove, isNumber: true },
      cell: (type) => (
        <button
          type="button"
          class="icon-button"
          aria-label={`${managing.remove}: ${type.name}`}
          data-testid="remove"
          onClick={() => void remove(type)}
        >
          <CloseIcon />
        </button>
      ),
    },
  ];
  return (
    <section ref={section} class="section fills narrow" data-testid="section-ticket-types">
      <SectionHead title={words.ticketTypes} text={words.ticketTypesText} />
      <ResourceTable
        list={list}
        label={words.ticketTypes}
        columns={columns}
        hasSearch={false}
        filters={<AddName label={words.newTicketType} onAdd={add} />}
        rowClass={({ active }) => (active ? undefined : "muted")}
        empty={<p>{words.ticketTypesEmpty}</p>}
      />
    </section>
  );
}
