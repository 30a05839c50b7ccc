import { plainChannels } from "./channels.ts";
import { createLink, type Link, type LinkLogger } from "./link.ts";
import type { Backend } from "./ring.ts";

/** One Redis at a time, at the URL that `find` answers. `leadTo` gives up connections to any other. */
export function createSingle(
  find: () => Promise<string>,
  logger?: LinkLogger,
): Backend & Pick<Link<unknown>, "leadTo"> {
  const links = new Set<Link<unknown>>();
  return {
    channels: plainChannels,
    isCluster: false,
    async open({ prepare, onUp }) {
      const link = createLink({ find, prepare, onUp, logger });
      await link.first.catch((error: unknown) => {
        link.close();
        throw error;
      });
      links.add(link);
      return {
        at: () => link.current(),
        all: () => [link.current()],
        lookAgain: async () => {},
        close: () => link.close(),
      };
    },
    leadTo(url) {
      for (const link of links) link.leadTo(url);
    },
    close() {},
  };
}
