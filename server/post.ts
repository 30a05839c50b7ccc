import type { Config } from "./config.ts";
import type { Post } from "./identity/forgotten.ts";
import type { Mailer } from "./mail/port.ts";

/** What letters and links need of the process: who carries them, and where this server is found. */
export interface PostRoom extends Post {
  /** As a caller reaches us, who came to `origin`. */
  passwordUrlAt(origin: string, code: string): string;
  /** Where the server listens: the address in letters when no other is set. */
  listensAt(url: string): void;
  /** Where failures of letters are told. */
  to(log: (what: string, error: unknown) => void): void;
}

/** In the fragment, which browsers send to nobody: the code reaches no log and no other site. */
const passwordPage = (origin: string, code: string) => new URL(`/#/account/reset/${code}`, origin).href;

export function createPost(
  config: Pick<Config, "PUBLIC_URL" | "HOST" | "PORT">,
  deps: Pick<Post, "mailer" | "cinemaName">,
): PostRoom {
  let own = `http://${config.HOST}:${config.PORT}`;
  let tell: (what: string, error: unknown) => void = () => {};
  return {
    ...deps,
    // Never the host that a stranger's request names: the letter goes to somebody else.
    passwordUrl: (code) => passwordPage(config.PUBLIC_URL ?? own, code),
    passwordUrlAt: (origin, code) => passwordPage(config.PUBLIC_URL ?? origin, code),
    onFailure: (what, error) => tell(what, error),
    listensAt(url) {
      own = url;
    },
    to(log) {
      tell = log;
    },
  };
}

/** The mail server of the settings; null: this house sends no letters. */
export async function openMailer({ SMTP_URL, MAIL_FROM, PUBLIC_URL }: Config): Promise<Mailer | null> {
  if (SMTP_URL === undefined) return null;
  // Loaded where it is used: most cinemas start without it.
  const { openSmtpMailer } = await import("./mail/smtp.ts");
  const host = PUBLIC_URL === undefined ? "localhost" : new URL(PUBLIC_URL).hostname;
  return openSmtpMailer({ url: SMTP_URL, from: MAIL_FROM ?? `butaca@${host}` });
}
