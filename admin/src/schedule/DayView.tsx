import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Showtime } from "../../../server/protocol/resources.ts";
import type { Link } from "../../../ui/connection/link.ts";
import { createOccupancy, type Occupancy } from "../../../ui/live/occupancy.ts";
import { useLook } from "../../../ui/look.ts";
import { useNotices } from "../../../ui/parts/Notices.tsx";
import { addDays, showDayOf } from "../../../ui/words/zone.ts";
import { useDesk } from "../desk.ts";
import { AddLink, SectionHead } from "../parts/SectionHead.tsx";
import { useKeys } from "../state/keys.ts";
import type { Resource } from "../state/resource.ts";
import { managingRefusal, useManagingWords, useWordsOf } from "../words/use.ts";
import { CopyDialog } from "./CopyDialog.tsx";
import { DAY_MINUTES, spanOf, timeOf } from "./clock.ts";
import { DayNav } from "./DayNav.tsx";
import { DaySheetView } from "./DaySheetView.tsx";
import { beginning, type House } from "./house.ts";
import { freeFrom, layOutDay } from "./plan.ts";
import { releaseQuestion, warningsOf } from "./warnings.ts";
import { scheduleWords } from "./words.ts";

interface DayViewProps {
  showtimes: Resource<Showtime>;
  house: House;
  link: Link;
  day: string;
}

/** One day of the house, its rooms side by side; keys alone lead everywhere. */
export function DayView({ showtimes, house, link, day }: DayViewProps) {
  const { route } = useDesk();
  const words = useWordsOf(scheduleWords);
  const managing = useManagingWords();
  const look = useLook();
  const { timeZone } = look.place.value;
  const { items, hasFailed, reload } = useDay(showtimes, day);
  const occupancy = useOccupancy(link, day);
  const [isCopying, setCopying] = useState(false);
  const focused = useRef<string | null>(null);
  const rooms = house.auditoriums;
  const sheet = useMemo(() => layOutDay(day, rooms ?? [], items ?? [], timeZone), [day, rooms, items, timeZone]);
  const go = (by: number) => route.go({ screen: "schedule", id: addDays(day, by) });
  const today = showDayOf(Date.now(), timeZone);

  /** A form for another one: there, or after the one that has the focus. */
  function begin(auditoriumId?: string, from?: number): void {
    const after = sheet.columns
      .flatMap((column) => column.slots.map((slot) => ({ column, slot })))
      .find(({ slot }) => slot.showtime.id === focused.current);
    const column = after?.column ?? sheet.columns[0];
    const minutes = from ?? freeFrom(column, after?.slot);
    beginning.next = {
      ...beginning.next,
      ...{ day: addDays(day, Math.floor(minutes / DAY_MINUTES)), time: timeOf(minutes) },
      auditoriumId: auditoriumId ?? column?.auditorium.id ?? "",
    };
    route.go({ screen: "schedule", id: "new" });
  }

  useKeys(
    {
      "[": () => go(-1),
      "]": () => go(1),
      t: () => route.go({ screen: "schedule", id: today }),
      c: () => setCopying(true),
    },
    [
      { keys: "[", does: words.hints.before },
      { keys: "]", does: words.hints.after },
      { keys: "t", does: words.hints.today },
      { keys: "c", does: words.hints.copy },
    ],
  );

  return (
    <section class="section fills schedule" data-testid="section-schedule">
      <SectionHead title={words.title}>
        <ReleaseDrafts showtimes={showtimes} items={items ?? []} onDone={reload} />
        <button type="button" class="button" data-testid="copy" onClick={() => setCopying(true)}>
          {words.copy}
        </button>
        <AddLink to={{ screen: "schedule", id: "new" }} label={words.add} onGo={() => begin()} />
      </SectionHead>
      <div class="schedule-body">
        <DayNav day={day} today={today} />
        {hasFailed && (
          <div class="console-message" role="alert">
            <p>{words.failed}</p>
            <button type="button" class="button" onClick={reload}>
              {managing.retry}
            </button>
          </div>
        )}
        {rooms !== null && rooms.length === 0 && (
          <p class="console-message" data-testid="empty">
            {words.noRooms}
          </p>
        )}
        {rooms !== null && rooms.length > 0 && !hasFailed && (
          <>
            <DaySheetView
              sheet={sheet}
              day={day}
              isReading={items === null}
              occupancy={occupancy}
              onReach={(id) => {
                focused.current = id;
              }}
              onAdd={begin}
            />
            <p class="soft schedule-foot">{items?.length === 0 ? words.empty : words.keys}</p>
          </>
        )}
      </div>
      {isCopying && (
        <CopyDialog
          day={day}
          onClose={() => setCopying(false)}
          onCopied={(to) => {
            setCopying(false);
            if (to === day) reload();
            else route.go({ screen: "schedule", id: to });
          }}
        />
      )}
    </section>
  );
}

interface ReleaseDraftsProps {
  showtimes: Resource<Showtime>;
  items: readonly Showtime[];
  onDone(): void;
}

/** Puts the drafts of the day on sale, one by one; those that can't be say why and stay drafts. */
function ReleaseDrafts({ showtimes, items, onDone }: ReleaseDraftsProps) {
  const { api, questions } = useDesk();
  const notices = useNotices();
  const words = useWordsOf(scheduleWords);
  const managing = useManagingWords();
  const [isReleasing, setReleasing] = useState(false);
  const drafts = items.filter(({ status }) => status === "draft");
  if (drafts.length === 0) return null;
  async function release(): Promise<void> {
    const warned = await Promise.all(
      drafts.map(async ({ id, filmId, auditoriumId, startsAt, film }) => {
        const warnings = await warningsOf(api, { showtimeId: id, filmId, auditoriumId, startsAt });
        return warnings.map(({ code }) => words.warned(film.title, words.warnings[code]));
      }),
    );
    if (!(await questions.ask(releaseQuestion(drafts.length, [...new Set(warned.flat())], words)))) return;
    let released = 0;
    for (const { id, version, film } of drafts) {
      const answer = await showtimes.change(id, { status: "on-sale" }, version);
      if (answer.ok) released += 1;
      else notices.say(words.notReleased(film.title, managingRefusal(answer, managing)), "bad");
    }
    if (released > 0) notices.say(words.released(released), "good");
    onDone();
  }
  async function releaseOnce(): Promise<void> {
    setReleasing(true);
    await release().finally(() => setReleasing(false));
  }
  return (
    <button
      type="button"
      class="button quiet"
      data-testid="release"
      aria-disabled={isReleasing}
      onClick={() => isReleasing || void releaseOnce()}
    >
      {words.releaseDrafts(drafts.length)}
    </button>
  );
}

/** The showtimes of a day; null while they are read. What was shown stays until another day is here. */
function useDay(showtimes: Resource<Showtime>, day: string) {
  const { timeZone } = useLook().place.value;
  const [read, setRead] = useState<{ day: string; items: readonly Showtime[] } | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isWanted = true;
    void showtimes.all(spanOf(day, timeZone)).then((answer) => {
      if (!isWanted) return;
      setFailed(!answer.ok);
      if (answer.ok) setRead({ day, items: answer.items });
    });
    return () => {
      isWanted = false;
    };
  }, [showtimes, day, timeZone, attempt]);
  return { items: read?.day === day ? read.items : null, hasFailed, reload: () => setAttempt((n) => n + 1) };
}

function useOccupancy(link: Link, day: string): Occupancy | null {
  const { timeZone } = useLook().place.value;
  const [occupancy, setOccupancy] = useState<Occupancy | null>(null);
  useEffect(() => {
    const made = createOccupancy(link);
    made.watch(spanOf(day, timeZone));
    setOccupancy(made);
    return () => made.close();
  }, [link, day, timeZone]);
  return occupancy;
}
