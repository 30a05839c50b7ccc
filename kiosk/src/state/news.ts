import type { Look } from "../../../ui/look.ts";
import type { Notices } from "../../../ui/parts/Notices.tsx";
import type { UiWords } from "../../../ui/words/es.ts";
import type { ShopWords } from "../words/es.ts";
import { SHOP_WORDS } from "../words/words.ts";
import type { PurchaseNews } from "./purchase.ts";

type Tellable = Exclude<PurchaseNews, { news: "lost" }>;

/** Says news of a purchase in the guest's language, calmly, with what can be done next. */
export function tellNews(news: Tellable, notices: Notices, look: Look): void {
  const tone = news.news === "closed" || news.news === "unreachable" ? "bad" : "calm";
  notices.say(newsText(news, SHOP_WORDS[look.language.peek()], look.words.peek()), tone);
}

function newsText(news: Tellable, words: ShopWords, ui: UiWords): string {
  switch (news.news) {
    case "taken":
      return ui.someoneTook(news.seat, news.free);
    case "limit":
      return words.newsLimit(news.max);
    case "access-only":
      return words.newsAccess(news.seat);
    case "single-left":
      return words.newsSingle(news.seats);
    case "single-refused":
      return words.newsSingleRefused(news.seats);
    case "closed":
      return words.newsClosed;
    case "unreachable":
      return words.newsUnreachable;
    default:
      return news satisfies never;
  }
}
