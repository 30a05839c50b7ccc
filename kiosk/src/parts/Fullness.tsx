import type { Showtime } from "../../../server/protocol/resources.ts";
import type { Counts } from "../../../ui/live/occupancy.ts";
import type { ShopWords } from "../words/es.ts";
import { useShop } from "./context.ts";

/** From here on we say "last": few enough to hurry, kindly. */
const FEW = 12;

export function freeText(counts: Counts, words: ShopWords): string {
  if (counts.available === 0) return words.soldOut;
  return counts.available <= FEW ? words.fewSeats(counts.available) : words.freeSeats(counts.available);
}

/** The counts of a showtime as they are now. */
export function useCounts(showtime: Showtime): Counts {
  return useShop().occupancy.of(showtime.id).value ?? showtime.counts;
}

/** How full a showtime is, as a bar of ten seats; the number beside it says the same. */
export function FullnessBar({ counts }: { counts: Counts }) {
  const taken = counts.capacity === 0 ? 10 : Math.round(((counts.capacity - counts.available) / counts.capacity) * 10);
  return (
    <svg
      class="fullness"
      viewBox="0 0 100 8"
      aria-hidden="true"
      preserveAspectRatio="none"
      data-few={counts.available <= FEW}
    >
      {Array.from({ length: 10 }, (_, place) => (
        <rect key={place} x={place * 10} width="8" height="8" rx="2" class={place < taken ? "taken" : "open"} />
      ))}
    </svg>
  );
}
