import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { eventually } from "./poll.ts";

export interface ReceivedLetter {
  from: string;
  to: string;
  subject: string;
  text: string;
}

export interface MailServer {
  /** For `SMTP_URL`. */
  url: string;
  letters: ReceivedLetter[];
  /** The next letter to an address that was not read yet. */
  letterTo(address: string): Promise<ReceivedLetter>;
  close(): Promise<void>;
}

/** A mail server on a free port that keeps every letter. */
export async function startMailServer(): Promise<MailServer> {
  const letters: ReceivedLetter[] = [];
  const read = new Set<ReceivedLetter>();
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    async onData(stream, session, done) {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      const { mailFrom, rcptTo } = session.envelope;
      const to = rcptTo.map(({ address }) => address).join();
      const from = mailFrom === false ? "" : mailFrom.address;
      letters.push({ from, to, ...parse(Buffer.concat(chunks).toString("latin1")) });
      done();
    },
  });
  smtp.listen(0, "127.0.0.1");
  await once(smtp.server, "listening");
  const { port } = smtp.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    letters,
    async letterTo(address) {
      const letter = await eventually(() => letters.find((one) => one.to === address && !read.has(one)));
      read.add(letter);
      return letter;
    },
    close: () => new Promise((resolve) => smtp.close(resolve)),
  };
}

/** A letter of one plain part, as it was written. */
function parse(raw: string): { subject: string; text: string } {
  const end = raw.indexOf("\r\n\r\n");
  const head = raw.slice(0, end).replace(/\r\n[ \t]+/g, " ");
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1] ?? "";
  const encoding = header("content-transfer-encoding").toLowerCase();
  return { subject: words(header("subject")), text: decoded(raw.slice(end + 4), encoding).trimEnd() };
}

function decoded(body: string, encoding: string): string {
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8");
  const unfolded = encoding === "quoted-printable" ? bytes(body.replace(/=\r\n/g, "")) : body;
  return Buffer.from(unfolded, "latin1").toString("utf8").replaceAll("\r\n", "\n");
}

const bytes = (text: string) => text.replace(/=([0-9A-F]{2})/gi, (_all, hex) => String.fromCharCode(parseInt(hex, 16)));

/** RFC 2047. */
function words(text: string): string {
  return text
    .replace(/\?= =\?/g, "?==?")
    .replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_all, how: string, word: string) =>
      how.toUpperCase() === "B"
        ? Buffer.from(word, "base64").toString("utf8")
        : Buffer.from(bytes(word.replaceAll("_", " ")), "latin1").toString("utf8"),
    );
}
