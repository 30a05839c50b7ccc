import { useState } from "preact/hooks";
import type { User } from "../../../../server/protocol/resources.ts";
import { useNotices } from "../../../../ui/parts/Notices.tsx";
import { useShop } from "../../parts/context.ts";
import { Frame } from "../../parts/Frame.tsx";
import type { AccountPage } from "../../state/screen.ts";
import { Entrance, type Way } from "../parts/Entrance.tsx";
import { useAccountWords } from "../words/words.ts";
import { Find } from "./Find.tsx";
import { Profile } from "./Profile.tsx";
import { Purchases } from "./Purchases.tsx";
import { Reset } from "./Reset.tsx";
import { Security } from "./Security.tsx";
import { Tastes } from "./Tastes.tsx";

/** The account: what was bought, who one is, what one likes, and how safe it is. */
export function Account() {
  const shop = useShop();
  const user = shop.customer?.user.value ?? null;
  const screen = shop.screen.value;
  if (screen.at !== "account") return null;
  if (screen.page === "find") return <Find />;
  if (screen.page === "reset") return <Reset code={screen.code} />;
  return user ? <Inside key={screen.page} user={user} page={screen.page} /> : <Outside />;
}

type OwnPage = Exclude<AccountPage, "find" | "reset">;
const OWN_PAGES: readonly OwnPage[] = ["purchases", "profile", "tastes", "security"];

function Outside() {
  const words = useAccountWords();
  const [way, setWay] = useState<Way>("login");
  return (
    <Frame name="account-out" title={words.titles[way]} back intro={<p class="soft">{words.outText}</p>}>
      <div class="account-narrow">
        <Entrance key={way} way={way} onWay={setWay} onIn={() => {}} />
        <p>
          <a class="link-button" href="#/account/find">
            {words.findLink}
          </a>
        </p>
      </div>
    </Frame>
  );
}

function Inside({ user, page }: { user: User; page: OwnPage }) {
  const words = useAccountWords();
  return (
    <Frame name="account" title={words.pages[page]} back intro={<p class="soft">{words.hello(user.name)}</p>}>
      <div class="account">
        <nav class="account-nav" aria-label={words.sections}>
          {OWN_PAGES.map((one) => (
            <a key={one} href={`#/account/${one}`} aria-current={one === page ? "page" : undefined}>
              {words.pages[one]}
            </a>
          ))}
          <SignOut />
        </nav>
        <div class="account-page" data-testid={`account-${page}`}>
          <PageOf page={page} user={user} />
        </div>
      </div>
    </Frame>
  );
}

function PageOf({ page, user }: { page: OwnPage; user: User }) {
  switch (page) {
    case "purchases":
      return <Purchases />;
    case "profile":
      return <Profile key={user.version} user={user} />;
    case "tastes":
      return <Tastes key={user.version} user={user} />;
    case "security":
      return <Security user={user} />;
    default:
      return page satisfies never;
  }
}

function SignOut() {
  const shop = useShop();
  const words = useAccountWords();
  const notices = useNotices();
  return (
    <button
      type="button"
      class="link-button"
      data-testid="sign-out"
      onClick={() =>
        void shop.customer?.leave().then(() => {
          shop.payment.reset();
          shop.go({ to: "films" });
          notices.say(words.goodbye);
        })
      }
    >
      {words.signOut}
    </button>
  );
}
