import { useState } from "preact/hooks";
import { useLook } from "../../../../ui/look.ts";
import { Countdown } from "../../../../ui/parts/Countdown.tsx";
import { Dialog } from "../../../../ui/parts/Dialog.tsx";
import { useNotices } from "../../../../ui/parts/Notices.tsx";
import { useShop } from "../../parts/context.ts";
import { Entrance, type Way } from "../parts/Entrance.tsx";
import { ACCOUNT_WORDS, useAccountWords } from "../words/words.ts";

/** Coming in without leaving the screen: seats stay, and their time goes on in sight. */
export function EnterDialog() {
  const shop = useShop();
  const words = useAccountWords();
  const notices = useNotices();
  const { language } = useLook();
  const question = shop.question.value;
  const [way, setWay] = useState<Way>(question?.ask === "enter" ? question.how : "login");
  return (
    <Dialog title={words.titles[way]} testId="ask-enter" onClose={shop.dismiss}>
      <SeatsKept />
      <Entrance
        key={way}
        way={way}
        onWay={setWay}
        onIn={({ name }) => {
          const { welcome, welcomeSeats } = ACCOUNT_WORDS[language.peek()];
          const keepsSeats = (shop.purchase.peek()?.lines.peek() ?? []).length > 0;
          shop.dismiss();
          notices.say(keepsSeats ? welcomeSeats(name) : welcome(name), "good");
        }}
      />
    </Dialog>
  );
}

function SeatsKept() {
  const words = useAccountWords();
  const ui = useLook().words.value;
  const purchase = useShop().purchase.value;
  const seats = (purchase?.lines.value ?? []).map(({ seat }) => seat.id);
  const endsAt = purchase?.desk.endsAt.value ?? null;
  if (seats.length === 0 || endsAt === null) return null;
  return (
    <div class="seats-kept">
      <p>{words.seatsStay(seats)}</p>
      <Countdown endsAt={endsAt} label={ui.timeLeft} />
    </div>
  );
}
