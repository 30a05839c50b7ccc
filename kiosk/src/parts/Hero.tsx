import type { Purchase } from "../state/purchase.ts";
import { useShop } from "./context.ts";
import { FilmPoster } from "./FilmPoster.tsx";

/** At a kiosk, what is short stands low, in reach; the film lights the wall above it, as far as there is one. */
export function Hero({ purchase }: { purchase: Purchase }) {
  const shop = useShop();
  const film = shop.catalogue.film(purchase.showtime.value?.filmId ?? "");
  if (shop.mode !== "kiosk" || !film) return null;
  return (
    <div class="hero">
      <FilmPoster film={film} />
    </div>
  );
}
