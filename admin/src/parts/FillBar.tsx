import type { SeatCounts } from "../../../server/protocol/states.ts";

/** How a room fills: sold, being chosen, blocked, free. For the eye; its numbers stand beside it in words. */
export function FillBar({ counts }: { counts: SeatCounts }) {
  const { capacity, sold, held, blocked } = counts;
  const part = (seats: number) => (capacity === 0 ? 0 : (seats / capacity) * 100);
  return (
    <svg class="fill-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="fill-free" width="100" height="6" />
      <rect class="fill-sold" width={part(sold)} height="6" />
      <rect class="fill-held" x={part(sold)} width={part(held)} height="6" />
      <rect class="fill-blocked" x={100 - part(blocked)} width={part(blocked)} height="6" />
    </svg>
  );
}
