import type { Seat, SeatKind } from "../../server/protocol/resources.ts";
import type { SeatLook } from "../live/looks.ts";
import { useLook } from "../look.ts";
import { bodyPath, markPath } from "./marks.ts";

const LOOKS = ["free", "mine", "held", "sold"] as const;
const KINDS = ["vip", "wheelchair", "companion"] as const;

/** What the shapes mean; only kinds that this room has. `blocked` is for staff: guests see it as sold. */
export function Legend({ seats, blocked = false }: { seats: readonly Seat[]; blocked?: boolean }) {
  const words = useLook().words.value;
  const looks: readonly SeatLook[] = blocked ? [...LOOKS, "blocked"] : LOOKS;
  const kinds = KINDS.filter((kind) => seats.some((seat) => seat.kind === kind));
  return (
    <ul class="legend">
      {looks.map((look) => (
        <Entry key={look} kind="standard" look={look} word={words.legend[look]} />
      ))}
      {kinds.map((kind) => (
        <Entry key={kind} kind={kind} look="free" word={words.legend[kind]} />
      ))}
    </ul>
  );
}

function Entry({ kind, look, word }: { kind: SeatKind; look: SeatLook; word: string }) {
  return (
    <li>
      <svg viewBox="-20 -20 40 40" aria-hidden="true">
        <g class="seat" data-kind={kind} data-look={look}>
          <path class="seat-body" d={bodyPath(kind, look)} />
          <path class="seat-mark" d={markPath(kind, look)} />
        </g>
      </svg>
      {word}
    </li>
  );
}
