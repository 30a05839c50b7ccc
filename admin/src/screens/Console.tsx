import type { Link } from "../../../ui/connection/link.ts";
import { LinkBanner } from "../../../ui/parts/LinkBanner.tsx";
import { NoticeArea } from "../../../ui/parts/Notices.tsx";
import { useDesk } from "../desk.ts";
import { ConfirmArea } from "../parts/Confirm.tsx";
import { KeysHelp } from "../parts/KeysHelp.tsx";
import { SideNav } from "../parts/SideNav.tsx";
import { TopBar } from "../parts/TopBar.tsx";
import { sectionsFor } from "../sections.ts";
import { SaleScreen } from "./SaleScreen.tsx";
import { SectionScreen } from "./SectionScreen.tsx";
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
  const sections = sectionsFor(desk.session.may);
  const screen = desk.route.screen.value.screen;
  // At the counter every pixel is the map's; there is a way back in its head.
  const hasNav = sections.length > 0 && screen !== "sale";
  return (
    <div class="console" data-screen={screen}>
      <a class="skip" href="#content">
        {desk.words.value.skip}
      </a>
      <LinkBanner status={link.status} />
      <TopBar user={session.user} />
      <div class={hasNav ? "console-body with-nav" : "console-body"}>
        {hasNav && <SideNav sections={sections} />}
        <main id="content" tabindex={-1}>
          <CurrentScreen link={link} />
        </main>
      </div>
      <NoticeArea />
      <ConfirmArea />
      <KeysHelp />
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
    default:
      return <SectionScreen key={screen.screen} name={screen.screen} id={screen.id} link={link} />;
  }
}
