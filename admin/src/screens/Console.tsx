import type { Link } from "../../../ui/connection/link.ts";
import { LinkBanner } from "../../../ui/parts/LinkBanner.tsx";
import { NoticeArea } from "../../../ui/parts/Notices.tsx";
import { useDesk } from "../desk.ts";
import { TopBar } from "../parts/TopBar.tsx";
import { SaleScreen } from "./SaleScreen.tsx";
import { ShowtimeScreen } from "./ShowtimeScreen.tsx";
import { SignIn } from "./SignIn.tsx";
import { WallScreen } from "./WallScreen.tsx";

/** Everything between sign-in and the screens. */
export function Console() {
  const desk = useDesk();
  const session = desk.session.state.value;
  const link = desk.link.value;
  if (session.status === "starting") return <main class="console-empty" aria-busy="true" />;
  if (session.status !== "in" || link === null) return <SignIn />;
  return (
    <div class="console">
      <a class="skip" href="#content">
        {desk.words.value.skip}
      </a>
      <LinkBanner status={link.status} />
      <TopBar user={session.user} />
      <main id="content" tabindex={-1}>
        <CurrentScreen link={link} />
      </main>
      <NoticeArea />
    </div>
  );
}

function CurrentScreen({ link }: { link: Link }) {
  const screen = useDesk().route.screen.value;
  switch (screen.screen) {
    case "wall":
      return <WallScreen link={link} />;
    case "showtime":
      return <ShowtimeScreen key={screen.showtimeId} link={link} showtimeId={screen.showtimeId} />;
    case "sale":
      return <SaleScreen key={screen.showtimeId} link={link} showtimeId={screen.showtimeId} />;
  }
}
