import type { User } from "../../../../server/protocol/resources.ts";
import type { Outcome } from "../../../../ui/connection/outcome.ts";
import { useShop } from "../../parts/context.ts";

/** What is left out stays; null takes the seating away. */
export interface AccountChange {
  name?: string;
  email?: string;
  preferences?: { genreIds?: string[]; language?: string; seating?: string | null };
}

/** Changes the account that is signed in. After a change from elsewhere it shows that one, and says so. */
export function useChange(user: User): (change: AccountChange) => Promise<Outcome<object>> {
  const { api, customer } = useShop();
  return async (change) => {
    const answer = await api.patch<User>("/me", change, user.version);
    if (answer.ok) customer?.update(answer.body);
    else if (answer.code === "version_conflict") {
      const stored = await api.get<User>("/me");
      if (stored.ok) customer?.update(stored.body);
    }
    return answer;
  };
}
