/**
 * Between a store and a MongoDB. Loses an answer: hands a command over as somebody else's, throws its answer away
 * and hangs up, so that the driver asks again and the server can't know that it did this already. Holds one back:
 * other connections go on. Falls silent: connections stay, new ones are taken, and nothing comes over any of them.
 */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface MongoProxy {
  url: string;
  /** Loses the answer of the next command of this name, once. */
  loseAnswerOf(command: string): void;
  /** Holds back the answer of the next command of this name, once. */
  delayAnswerOf(command: string, delayMs: number): void;
  /** From the next command of this name on, nothing goes through any more. */
  fallSilentAt(command: string): void;
  /** How many answers were lost. */
  lost(): number;
  close(): Promise<void>;
}

/** A session's id in a command: the name of the field, then a document with 16 bytes under `id`. */
const SESSION = Buffer.concat([Buffer.from("\u0003lsid\0"), Buffer.alloc(4)]);

/** Listens on a free port for a database of the server on `targetPort`. */
export async function openMongoProxy(targetPort: number, database: string): Promise<MongoProxy> {
  let losing: string | null = null;
  let delaying: { command: string; delayMs: number } | null = null;
  let silencing: string | null = null;
  let isSilent = false;
  let lost = 0;
  const open = new Set<Socket>();

  const server = createServer((client) => {
    const target = connect(targetPort, "127.0.0.1");
    let hangUp = false;
    for (const socket of [client, target]) {
      open.add(socket);
      const end = () => {
        for (const one of [client, target]) open.delete(one.destroy());
      };
      socket.setNoDelay(true).on("error", end).on("close", end);
    }
    client.on("data", (chunk) => {
      if (losing !== null && names(chunk, losing)) {
        losing = null;
        hangUp = true;
        asAnother(chunk);
      }
      if (delaying !== null && names(chunk, delaying.command)) {
        target.pause();
        setTimeout(() => target.resume(), delaying.delayMs);
        delaying = null;
      }
      if (silencing !== null && names(chunk, silencing)) isSilent = true;
      if (!isSilent) target.write(chunk);
    });
    target.on("data", (chunk) => {
      if (isSilent) return;
      if (!hangUp) return void client.write(chunk);
      lost += 1;
      client.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    // Direct: the server would name its own address, and the driver go there.
    url: `mongodb://127.0.0.1:${port}/${database}?directConnection=true`,
    loseAnswerOf: (command) => {
      losing = command;
    },
    delayAnswerOf: (command, delayMs) => {
      delaying = { command, delayMs };
    },
    fallSilentAt: (command) => {
      silencing = command;
    },
    lost: () => lost,
    close: async () => {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, "close");
    },
  };
}

/** Whether a message begins a command: its name is the first field of its document. */
function names(message: Buffer, command: string): boolean {
  const field = Buffer.from(`\u0002${command}\0`);
  const at = message.indexOf(field);
  return at > 0 && at < 32;
}

function asAnother(message: Buffer): void {
  const at = message.indexOf(SESSION.subarray(0, 6));
  if (at < 0) throw new Error("a command without a session");
  // The last of the 16 bytes of the id: length, type and name of the field, length and kind of the bytes before it.
  const last = at + 6 + 4 + 4 + 5 + 15;
  message.writeUInt8((message.readUInt8(last) + 1) % 256, last);
}
