import { useMemo, useState } from "preact/hooks";
import { useLook } from "../../../ui/look.ts";
import { ListIcon, MapIcon } from "../../../ui/parts/icons.tsx";
import { Legend } from "../../../ui/seats/Legend.tsx";
import { createSeatNamer } from "../../../ui/seats/names.ts";
import { SeatList } from "../../../ui/seats/SeatList.tsx";
import { SeatMap } from "../../../ui/seats/SeatMap.tsx";
import { useShop, useWords } from "../parts/context.ts";
import { Mark } from "../parts/Frame.tsx";
import { PurchaseStep } from "../parts/PurchaseStep.tsx";
import type { Purchase } from "../state/purchase.ts";

/** The live map: every touch keeps a seat or gives it back. */
export function Seats() {
  const shop = useShop();
  const purchase = shop.purchase.value;
  const words = useLook().words.value;
  if (!purchase) return <p class="waiting">{words.loading}</p>;
  return <SeatsOf key={purchase.showtimeId} purchase={purchase} />;
}

function SeatsOf({ purchase }: { purchase: Purchase }) {
  const shop = useShop();
  const words = useWords();
  const [asList, setAsList] = useState(false);
  const state = purchase.map.state.value;
  return (
    <PurchaseStep
      purchase={purchase}
      name="seats"
      title={words.seatsTitle}
      action={{
        testId: "to-tickets",
        isReady: purchase.lines.value.length > 0 && !purchase.desk.busy.value,
        onGo: () => shop.go({ to: "tickets" }),
        label: words.continue,
      }}
    >
      <ViewSwitch asList={asList} onChange={setAsList} />
      <div class="room guest-map">
        {state.status === "failed" ? <MapFailed purchase={purchase} /> : <Room purchase={purchase} asList={asList} />}
      </div>
      {state.status === "ready" && !asList && <Legend seats={state.seats} />}
    </PurchaseStep>
  );
}

function Room({ purchase, asList }: { purchase: Purchase; asList: boolean }) {
  const shop = useShop();
  const look = useLook();
  const words = look.words.value;
  const formats = look.formats.value;
  const looks = purchase.looks.value;
  const showtime = purchase.showtime.value;
  const name = useMemo(
    () => createSeatNamer(words, formats, purchase.basePrice),
    [words, formats, purchase, showtime, shop.catalogue.ticketTypes.value],
  );
  // Prices are part of every seat's name: drawn once with them, not once before and once after.
  if (!looks || !showtime) return <p class="waiting">{words.loading}</p>;
  const onPick = (index: number) => {
    const wheelchair = looks.seats[index]?.kind === "wheelchair";
    if (wheelchair && looks.look(index) === "free") shop.askAccess(index);
    else void purchase.pick(index);
  };
  return asList ? (
    <SeatList looks={looks} name={name} onPick={onPick} />
  ) : (
    <SeatMap looks={looks} name={name} onPick={onPick} />
  );
}

function MapFailed({ purchase }: { purchase: Purchase }) {
  const words = useWords();
  const ui = useLook().words.value;
  return (
    <div class="empty">
      <Mark />
      <p>{words.mapFailed}</p>
      <button type="button" class="button" onClick={purchase.map.retry}>
        {ui.retry}
      </button>
    </div>
  );
}

interface ViewSwitchProps {
  asList: boolean;
  onChange(asList: boolean): void;
}

function ViewSwitch({ asList, onChange }: ViewSwitchProps) {
  const words = useWords();
  const ui = useLook().words.value;
  const seating = useShop().customer?.user.value?.preferences.seating ?? "";
  const liked = Object.entries(words.seatingHints).find(([name]) => name === seating)?.[1];
  return (
    <div class="view-switch">
      <p class="soft">
        {words.seatsHint} {liked}
      </p>
      <button
        type="button"
        class="corner-button"
        aria-pressed={asList}
        data-testid="switch-view"
        onClick={() => onChange(!asList)}
      >
        {asList ? <MapIcon /> : <ListIcon />}
        <span>{asList ? ui.showMap : ui.showList}</span>
      </button>
    </div>
  );
}
