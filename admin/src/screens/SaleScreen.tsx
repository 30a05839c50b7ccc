import { useEffect, useMemo, useState } from "preact/hooks";
import type { Seat, Showtime } from "../../../server/protocol/resources.ts";
import type { Link } from "../../../ui/connection/link.ts";
import { createSeatLooks } from "../../../ui/live/looks.ts";
import { useLook } from "../../../ui/look.ts";
import { Countdown } from "../../../ui/parts/Countdown.tsx";
import { useNotices } from "../../../ui/parts/Notices.tsx";
import { createSeatNamer } from "../../../ui/seats/names.ts";
import { SeatMap } from "../../../ui/seats/SeatMap.tsx";
import { useDesk } from "../desk.ts";
import { CashDrawer } from "../parts/CashDrawer.tsx";
import { RoomHead } from "../parts/RoomHead.tsx";
import { SaleLines } from "../parts/SaleLines.tsx";
import { SeatEntry } from "../parts/SeatEntry.tsx";
import { SoldDialog } from "../parts/SoldDialog.tsx";
import { type Room, useRoom } from "../state/room.ts";
import { createSale, type Sale } from "../state/sale.ts";
import type { Words } from "../words/es.ts";
import { refusalText } from "../words/refusals.ts";

/** The counter: seats by typing or on the map, types, cash. The mouse is never needed. */
export function SaleScreen({ link, showtimeId }: { link: Link; showtimeId: string }) {
  const desk = useDesk();
  const room = useRoom(desk.api, link, showtimeId);
  if (room === null) return null;
  if (room.gone.value) return <h1 class="console-message">{desk.words.value.showtimeGone}</h1>;
  const showtime = room.showtime.value;
  const state = room.map.state.value;
  if (showtime === null || state.status !== "ready") return <p class="console-message" aria-busy="true" />;
  return <Counter room={room} link={link} showtime={showtime} seats={state.seats} />;
}

interface CounterProps {
  room: Room;
  link: Link;
  showtime: Showtime;
  seats: readonly Seat[];
}

function Counter({ room, link, showtime, seats }: CounterProps) {
  const { api, words: allWords } = useDesk();
  const words = allWords.value;
  const [sale, setSale] = useState<Sale | null>(null);
  useEffect(() => {
    const made = createSale({ api, link, showtime, seats });
    setSale(made);
    return () => made.close();
  }, [api, link, showtime.id, seats]);
  useLosses(sale, words);
  if (sale === null) return null;
  return (
    <section class="sale">
      <RoomHead title={words.saleTitle} showtime={showtime} back={{ screen: "showtime", showtimeId: showtime.id }}>
        <TimeLeft sale={sale} />
      </RoomHead>
      <SaleMap room={room} sale={sale} seats={seats} />
      <aside class="sale-side">
        <SeatEntry sale={sale} seats={seats} />
        <SaleLines sale={sale} />
        <CashDrawer sale={sale} />
        <p class="soft sale-keys">
          <b>{words.keys}</b> {words.keysText}
        </p>
      </aside>
      <SoldDialog sale={sale} />
    </section>
  );
}

function SaleMap({ room, sale, seats }: { room: Room; sale: Sale; seats: readonly Seat[] }) {
  const look = useLook();
  const notices = useNotices();
  const saleWords = useDesk().words.value;
  const [words, formats] = [look.words.value, look.formats.value];
  const types = sale.types.value;
  const looks = useMemo(
    () => createSeatLooks({ seats, stateOf: room.map.stateOf, watch: room.map.watch, mine: sale.desk.mine }),
    [room, sale, seats],
  );
  const name = useMemo(() => createSeatNamer(words, formats, sale.priceOf), [words, formats, types]);

  async function pick(index: number): Promise<void> {
    const seat = seats[index];
    if (seat === undefined || sale.phase.peek().phase !== "choosing") return;
    const isMine = sale.desk.mine.peek().has(seat.id);
    const answer = isMine ? await sale.desk.remove(seat.id) : await sale.desk.add(seat.id);
    if (!answer.ok) notices.say(refusalText(answer, saleWords), "bad");
  }
  return (
    <div class="sale-map">
      <SeatMap looks={looks} name={name} onPick={(index) => void pick(index)} />
    </div>
  );
}

function TimeLeft({ sale }: { sale: Sale }) {
  const words = useDesk().words.value;
  const endsAt = sale.desk.endsAt.value;
  if (endsAt === null || sale.phase.value.phase !== "choosing") return null;
  return (
    <>
      <Countdown endsAt={endsAt} label={words.timeLeft} />
      <button
        type="button"
        class="button quiet"
        disabled={!sale.desk.extendable.value}
        onClick={() => void sale.desk.extend()}
      >
        {words.moreTime}
      </button>
    </>
  );
}

/** Says when seats of the sale are gone, whatever the reason. */
function useLosses(sale: Sale | null, words: Words): void {
  const notices = useNotices();
  useEffect(
    () =>
      sale?.desk.onChange(({ reason, lost }) => {
        if (reason === "expired" && lost.length > 0) notices.say(words.holdEnded, "bad");
        else if (reason === "evicted" && lost.length > 0) notices.say(words.seatsLost(lost.join(" ")), "bad");
      }),
    [sale, words],
  );
}
