import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { useLook } from "../../../ui/look.ts";
import type { Shop } from "../state/shop.ts";
import type { ShopWords } from "../words/es.ts";
import { SHOP_WORDS } from "../words/words.ts";

export const ShopContext = createContext<Shop | null>(null);

export function useShop(): Shop {
  const shop = useContext(ShopContext);
  if (!shop) throw new Error("no ShopContext around this component");
  return shop;
}

export function useWords(): ShopWords {
  return SHOP_WORDS[useLook().language.value];
}
