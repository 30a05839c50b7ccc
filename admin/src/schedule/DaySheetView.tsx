import { useEffect, useRef, useState } from "preact/hooks";
import type { Occupancy } from "../../../ui/live/occupancy.ts";
import { useLook } from "../../../ui/look.ts";
import { showDayOf } from "../../../ui/words/zone.ts";
import { useDesk } from "../desk.ts";
import { FillBar } from "../parts/FillBar.tsx";
import { pathOf } from "../state/route.ts";
import { useWordsOf } from "../words/use.ts";
import { minutesOn, timeOf } from "./clock.ts";
import { CLEANING_MINUTES, type Column, type DaySheet, neighbour, type Slot } from "./plan.ts";
import { scheduleWords } from "./words.ts";

interface DaySheetProps {
  sheet: DaySheet;
  day: string;
  isReading: boolean;
  occupancy: Occupancy | null;
  onReach(showtimeId: string): void;
  /** In minutes from the midnight that the day began after. */
  onAdd(auditoriumId: string, minutes: number): void;
}

/** Steps of a click on an empty hour. */
const STEP_MINUTES = 15;

/** Rooms as columns over the hours. One showtime has the Tab stop; the arrow keys carry it along. */
export function DaySheetView({ sheet, day, isReading, occupancy, onReach, onAdd }: DaySheetProps) {
  const words = useWordsOf(scheduleWords);
  const box = useRef<HTMLElement>(null);
  const now = useNow(day);
  const hours = Array.from({ length: sheet.lastHour - sheet.firstHour }, (_, at) => sheet.firstHour + at);
  const first = sheet.columns.find(({ slots }) => slots.length > 0)?.slots[0]?.showtime.id;

  function onKeyDown(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.target instanceof HTMLElement)) return;
    const id = event.target.dataset.showtime;
    const next = id === undefined ? null : neighbour(sheet, id, event.key);
    if (next === null) return;
    event.preventDefault();
    for (const one of box.current?.querySelectorAll<HTMLElement>("[data-showtime]") ?? [])
      one.tabIndex = one.dataset.showtime === next ? 0 : -1;
    const element = box.current?.querySelector<HTMLElement>(`[data-showtime="${next}"]`);
    element?.focus();
    element?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  return (
    <section
      ref={box}
      class="sheet"
      aria-label={words.title}
      aria-busy={isReading}
      data-testid="sheet"
      data-day={day}
      style={{ "--first": sheet.firstHour, "--hours": hours.length, "--rooms": sheet.columns.length }}
      onKeyDown={onKeyDown}
      onFocusCapture={({ target }) => {
        if (target instanceof HTMLElement && target.dataset.showtime) onReach(target.dataset.showtime);
      }}
    >
      <ol class="sheet-hours" aria-hidden="true">
        {hours.map((hour) => (
          <li key={hour} class="tabular">
            {timeOf(hour * 60)}
          </li>
        ))}
      </ol>
      {sheet.columns.map((column) => (
        <RoomColumn
          key={column.auditorium.id}
          column={column}
          first={first}
          firstHour={sheet.firstHour}
          now={now}
          occupancy={occupancy}
          onAdd={onAdd}
        />
      ))}
    </section>
  );
}

interface RoomColumnProps extends Pick<DaySheetProps, "occupancy" | "onAdd"> {
  column: Column;
  first: string | undefined;
  firstHour: number;
  /** In minutes of this day; null on any other. */
  now: number | null;
}

function RoomColumn({ column, first, firstHour, now, occupancy, onAdd }: RoomColumnProps) {
  const words = useWordsOf(scheduleWords);
  const formats = useLook().formats.value;
  const { auditorium, slots } = column;
  const headId = `room-${auditorium.id}`;

  /** A click on an empty hour; by keyboard, `n` does the same. */
  function addAt(event: MouseEvent & { currentTarget: HTMLElement }): void {
    if (event.target !== event.currentTarget) return;
    const { top, height } = event.currentTarget.getBoundingClientRect();
    const hours = Number(getComputedStyle(event.currentTarget).getPropertyValue("--hours"));
    const minutes = firstHour * 60 + ((event.clientY - top) / height) * hours * 60;
    onAdd(auditorium.id, Math.floor(minutes / STEP_MINUTES) * STEP_MINUTES);
  }

  return (
    <section class="sheet-room" aria-labelledby={headId}>
      <h2 id={headId} title={words.room(auditorium.name, formats.number(auditorium.capacity))}>
        {auditorium.name} <span class="soft tabular">{formats.number(auditorium.capacity)}</span>
      </h2>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: n does it by keyboard */}
      <ol class="sheet-column" onClick={addAt}>
        {now !== null && <li class="sheet-now" aria-hidden="true" style={{ "--from": now }} />}
        {slots.map((slot) => (
          <SlotItem key={slot.showtime.id} slot={slot} isFirst={slot.showtime.id === first} occupancy={occupancy} />
        ))}
      </ol>
    </section>
  );
}

/** The time of day to the minute, while it is this day. */
function useNow(day: string): number | null {
  const { timeZone } = useLook().place.value;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return showDayOf(now, timeZone) === day ? minutesOn(day, new Date(now).toISOString(), timeZone) : null;
}

interface SlotItemProps {
  slot: Slot;
  isFirst: boolean;
  occupancy: Occupancy | null;
}

function SlotItem({ slot, isFirst, occupancy }: SlotItemProps) {
  const { route } = useDesk();
  const words = useWordsOf(scheduleWords);
  const formats = useLook().formats.value;
  const { showtime, from, to } = slot;
  const screen = { screen: "schedule", id: showtime.id } as const;
  const counts = { ...showtime.counts, ...occupancy?.of(showtime.id).value };
  return (
    <li
      class={`slot slot-${showtime.status}`}
      style={{ "--from": from, "--length": to - from, "--cleaning": CLEANING_MINUTES }}
    >
      <a
        href={pathOf(screen)}
        tabindex={isFirst ? 0 : -1}
        data-showtime={showtime.id}
        data-testid="slot"
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault();
          route.go(screen);
        }}
      >
        <span class="slot-head tabular">
          <b>{formats.time(showtime.startsAt)}</b>–{formats.time(showtime.endsAt)}
          {showtime.status !== "on-sale" && <span class="slot-status">{words.status[showtime.status]}</span>}
        </span>
        <span class="slot-film">{showtime.film.title}</span>
        <span class="slot-foot soft tabular">
          {showtime.attributes.join(" · ")}
          {showtime.status !== "draft" && showtime.status !== "cancelled" && (
            <span class="slot-sold" title={words.seats(String(counts.sold), String(counts.capacity))}>
              <span data-testid="slot-sold">{formats.number(counts.sold)}</span>/{formats.number(counts.capacity)}
            </span>
          )}
        </span>
        {showtime.status === "on-sale" && <FillBar counts={counts} />}
      </a>
    </li>
  );
}
