import { useEffect } from "preact/hooks";
import { useLook } from "../../ui/look.ts";
import { NoticeArea } from "../../ui/parts/Notices.tsx";
import { useShop } from "./parts/context.ts";
import { lazyScreen } from "./parts/lazy.tsx";
import { Questions } from "./parts/Questions.tsx";
import { Attract } from "./screens/Attract.tsx";
import { Films } from "./screens/Films.tsx";

const FilmDetail = lazyScreen(() => import("./screens/FilmDetail.tsx").then((module) => module.FilmDetail));
const Seats = lazyScreen(async () => {
  const [module] = await Promise.all([import("./screens/Seats.tsx"), import("./state/purchase.ts")]);
  return module.Seats;
});
const Tickets = lazyScreen(() => import("./screens/checkout.ts").then((module) => module.Tickets));
const Pay = lazyScreen(() => import("./screens/checkout.ts").then((module) => module.Pay));
const Order = lazyScreen(() => import("./screens/checkout.ts").then((module) => module.Order));
const Enrol = lazyScreen(() => import("./screens/Enrol.tsx").then((module) => module.Enrol));

const Account = lazyScreen(() => import("./account/account.ts").then((module) => module.Account));

/** Fetched once the first screen stands, so that no guest waits for code. */
const PRELOAD_AFTER_MS = 1_500;

export function App() {
  useEffect(() => {
    const timer = setTimeout(() => {
      FilmDetail.preload();
      Seats.preload();
      Pay.preload();
    }, PRELOAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <CurrentScreen />
      <Questions />
      <NoticeArea />
    </>
  );
}

function CurrentScreen() {
  const screen = useShop().screen.value;
  switch (screen.at) {
    case "starting":
      return <Starting />;
    case "enrol":
      return <Enrol />;
    case "attract":
      return <Attract />;
    case "films":
      return <Films key="films" />;
    case "film":
      return <FilmDetail key={screen.filmId} />;
    case "seats":
      return <Seats key="seats" />;
    case "tickets":
      return <Tickets key="tickets" />;
    case "pay":
      return <Pay key="pay" />;
    case "order":
      return <Order key="order" />;
    case "account":
      return <Account key="account" />;
    default:
      return screen satisfies never;
  }
}

function Starting() {
  const words = useLook().words.value;
  return (
    <main class="starting">
      <h1 class="hidden">Butaca</h1>
      <p role="status">{words.linkFirst}</p>
    </main>
  );
}
