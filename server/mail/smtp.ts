import { createTransport } from "nodemailer";
import type { Mailer } from "./port.ts";

/** A mail server that is silent this long is given up: nobody waits for a letter, but the server may be closing. */
const PATIENCE_MS = 10_000;

/** Letters through a mail server: `url` as `smtp://user:password@host:port`, or `smtps:`. */
export function openSmtpMailer({ url, from }: { url: string; from: string }): Mailer {
  const patience = { connectionTimeout: PATIENCE_MS, greetingTimeout: PATIENCE_MS, socketTimeout: PATIENCE_MS };
  const transport = createTransport({ url, ...patience }, { from });
  return {
    async send(letter) {
      await transport.sendMail(letter);
    },
    async close() {
      transport.close();
    },
  };
}
