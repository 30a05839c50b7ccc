import { Temporal } from "temporal-polyfill";
import { SHOWN_FILMS, type ShownFilm, type Slot } from "./programme.ts";

export type Room = "Sala 1" | "Sala 2" | "Sala Íntima";

/** A showtime as planned; prices come later. */
export interface Planned {
  room: Room;
  title: string;
  /** RFC 3339 in UTC. */
  startsAt: string;
  attributes: string[];
}

/** What runs in each room when, by the cinema's clocks. A film is only given a start that leaves it time. */
const GRID: readonly { room: Room; starts: readonly (readonly [at: string, slot: Slot])[] }[] = [
  {
    room: "Sala 1",
    starts: [
      ["12:00", "family"],
      ["15:15", "event"],
      ["18:30", "event"],
      ["22:00", "event"],
    ],
  },
  {
    room: "Sala 2",
    starts: [
      ["11:30", "family"],
      ["13:45", "family"],
      ["16:00", "family"],
      ["18:15", "repertory"],
      ["20:45", "repertory"],
      ["23:15", "late"],
    ],
  },
  {
    room: "Sala Íntima",
    starts: [
      ["15:45", "repertory"],
      ["18:35", "repertory"],
      ["21:20", "late"],
      // Nearly midnight: whenever a newcomer starts the demo, something is still to come today.
      ["23:55", "late"],
    ],
  },
];

/** Which ways of showing a room has. The small one plays originals with subtitles. */
const ROOM_FORMATS: Readonly<Record<Room, readonly string[]>> = {
  "Sala 1": ["IMAX", "3D"],
  "Sala 2": ["3D"],
  "Sala Íntima": [],
};

const MINUTES_PER_DAY = 24 * 60;
/** Between the end of a film and the next start, in minutes: the cleaning that every schedule keeps. */
const TURNAROUND_MINUTES = 15;

/**
 * What the demo cinema shows on one day (`2027-03-14`) of its time zone. The same for the same day, so that it
 * can be planned again: films of each kind take turns through the days. `minutesOf`: running times by title.
 */
export function planDay(date: string, timeZone: string, minutesOf: (title: string) => number): Planned[] {
  const day = Temporal.PlainDate.from(date);
  const dayNumber = Temporal.PlainDate.from("1970-01-01").until(day, { largestUnit: "days" }).days;
  const used = new Map<Slot, number>();
  return GRID.flatMap(({ room, starts }) =>
    starts.map(([at, slot], n) => {
      const turn = used.get(slot) ?? 0;
      used.set(slot, turn + 1);
      const longest = gapAfter(starts, n) - TURNAROUND_MINUTES;
      const film = pick(slot, dayNumber * startsOf(slot) + turn, (title) => minutesOf(title) <= longest);
      const startsAt = day
        .toZonedDateTime({ timeZone, plainTime: at })
        .toInstant()
        .toString({ fractionalSecondDigits: 3 });
      return { room, title: film.title, startsAt, attributes: attributesOf(film, room, dayNumber + n) };
    }),
  );
}

/** Minutes until the next start in the same room; after the last, until the next morning. */
function gapAfter(starts: readonly (readonly [at: string, slot: Slot])[], n: number): number {
  const [at, next] = [starts[n]?.[0], starts[n + 1]?.[0] ?? starts[0]?.[0]].map(minuteOfDay);
  return ((next ?? 0) - (at ?? 0) + MINUTES_PER_DAY) % MINUTES_PER_DAY;
}

function minuteOfDay(at = "00:00"): number {
  const [hours = 0, minutes = 0] = at.split(":").map(Number);
  return hours * 60 + minutes;
}

function startsOf(slot: Slot): number {
  return GRID.flatMap(({ starts }) => starts).filter(([, kind]) => kind === slot).length;
}

/** The film whose turn it is, or the next one that fits. */
function pick(slot: Slot, turn: number, fits: (title: string) => boolean): ShownFilm {
  const films = SHOWN_FILMS.filter((film) => film.slot === slot);
  const inTurn = films.map((_, step) => films[(turn + step) % films.length]);
  const film = inTurn.find((candidate) => candidate !== undefined && fits(candidate.title));
  if (film === undefined) throw new Error(`no ${slot} film fits`);
  return film;
}

function attributesOf(film: ShownFilm, room: Room, turn: number): string[] {
  const formats = (film.formats ?? []).filter((format) => ROOM_FORMATS[room].includes(format));
  const isOriginal = room === "Sala Íntima" || film.language !== "en" || (film.slot !== "family" && turn % 3 === 0);
  // A film in 3D also runs without, for those whom it makes dizzy.
  const shown = formats.filter((format) => format !== "3D" || turn % 2 === 0);
  return [...shown, ...(isOriginal ? ["VOSE"] : [])];
}
