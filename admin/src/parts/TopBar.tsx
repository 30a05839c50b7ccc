import type { User } from "../../../server/protocol/resources.ts";
import { DisplayMenu } from "../../../ui/parts/DisplayMenu.tsx";
import { useDesk } from "../desk.ts";
import { KeysButton } from "./KeysHelp.tsx";
import { ScreenLink } from "./ScreenLink.tsx";

/** The house, the way home, who is here, how it looks. */
export function TopBar({ user }: { user: User }) {
  const desk = useDesk();
  const words = desk.words.value;
  return (
    <header class="topbar">
      <p class="topbar-house">{desk.cinemaName}</p>
      <nav aria-label={words.console}>
        <ScreenLink to={{ screen: "wall" }} current={desk.route.screen.value.screen === "wall"}>
          {words.wall}
        </ScreenLink>
      </nav>
      <KeysButton />
      <DisplayMenu />
      <p class="topbar-user" title={words.signedInAs(user.name)}>
        {user.name}
      </p>
      <button type="button" class="button quiet" data-testid="sign-out" onClick={() => void desk.session.signOut()}>
        {words.signOut}
      </button>
    </header>
  );
}
