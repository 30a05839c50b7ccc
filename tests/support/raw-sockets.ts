/** Websockets without a library above them: frames as they are, whole, broken or never read. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { eventually } from "./poll.ts";

export interface RawSocket {
  /** Text frames received, in order. */
  received: string[];
  /** Sends one text frame, masked as clients must. */
  send(text: string): void;
  /** Sends one binary frame. */
  sendBinary(bytes: Buffer): void;
  /** Writes bytes as they are. */
  write(bytes: Buffer): void;
  /** Leaves everything in the kernel from now on. */
  stopReading(): void;
  readAgain(): void;
  /** Whether the server has ended it, or begun to. */
  isClosed(): boolean;
  /** When it ended, in milliseconds since 1970. */
  closedAt(): number;
  /** Waits until the connection has ended; the close code, if a close frame came. */
  closed(within: number): Promise<number | null>;
  destroy(): void;
}

export interface RawOptions {
  /** Completes the Socket.IO handshake with this token. */
  token?: string;
  handshake?: boolean;
  path?: string;
}

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;

export async function rawSocket(port: number, options: RawOptions = {}): Promise<RawSocket> {
  const socket = connect({ port, host: "127.0.0.1" });
  await once(socket, "connect");
  const path = options.path ?? "/socket.io/?EIO=4&transport=websocket";
  const lines = ["Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
  const key = `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`;
  socket.write(`${[`GET ${path} HTTP/1.1`, ...lines, key].join("\r\n")}\r\n\r\n`);
  const received: string[] = [];
  let code: number | null = null;
  let closedAt = 0;
  socket.on("error", () => {});
  socket.on("close", () => {
    closedAt = Date.now();
  });
  await readFrames(socket, ({ opcode, payload }) => {
    if (opcode === TEXT) received.push(payload.toString());
    if (opcode === CLOSE) code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
    if (opcode === PING) socket.write(maskedFrame(10, payload));
    // Engine.IO's own ping.
    if (opcode === TEXT && payload.toString() === "2") socket.write(maskedFrame(TEXT, Buffer.from("3")));
  });
  const raw: RawSocket = {
    received,
    send: (text) => void socket.write(maskedFrame(TEXT, Buffer.from(text))),
    sendBinary: (bytes) => void socket.write(maskedFrame(BINARY, bytes)),
    write: (bytes) => void socket.write(bytes),
    stopReading: () => void socket.pause(),
    readAgain: () => void socket.resume(),
    isClosed: () => closedAt > 0 || code !== null,
    closedAt: () => closedAt,
    async closed(within) {
      await eventually(() => closedAt > 0 || code !== null, within, "the end of a connection");
      return code;
    },
    destroy: () => void socket.destroy(),
  };
  if (options.token !== undefined) {
    raw.send(`40${JSON.stringify({ token: options.token, protocol: 1 })}`);
    await eventually(() => received.some((frame) => frame.startsWith("40")), 10_000, "the handshake");
  }
  return raw;
}

/** Resolves when the upgrade was accepted; calls back with every frame after it. */
function readFrames(socket: Socket, onFrame: (frame: { opcode: number; payload: Buffer }) => void): Promise<void> {
  let buffer = Buffer.alloc(0);
  let isUpgraded = false;
  return new Promise((resolve, reject) => {
    socket.once("close", () => reject(new Error("the upgrade was refused")));
    socket.on("data", (chunk) => {
      buffer = Buffer.concat([buffer, chunk]);
      if (!isUpgraded) {
        const end = buffer.indexOf("\r\n\r\n");
        if (end < 0) return;
        if (!buffer.toString("latin1").startsWith("HTTP/1.1 101")) return reject(new Error("the upgrade was refused"));
        isUpgraded = true;
        buffer = buffer.subarray(end + 4);
        resolve();
      }
      for (let frame = takeFrame(); frame !== null; frame = takeFrame()) onFrame(frame);
    });
  });

  function takeFrame(): { opcode: number; payload: Buffer } | null {
    if (buffer.length < 2) return null;
    const short = (buffer[1] ?? 0) & 0x7f;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (buffer.length < header) return null;
    const length = short < 126 ? short : short === 126 ? buffer.readUInt16BE(2) : Number(buffer.readBigUInt64BE(2));
    if (buffer.length < header + length) return null;
    const frame = { opcode: (buffer[0] ?? 0) & 0x0f, payload: Buffer.from(buffer.subarray(header, header + length)) };
    buffer = buffer.subarray(header + length);
    return frame;
  }
}

/** One final frame with a mask of zeros. */
export function maskedFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const header = Buffer.alloc(length < 126 ? 6 : length <= 0xffff ? 8 : 14);
  header[0] = 0x80 | opcode;
  if (length < 126) {
    header[1] = 0x80 | length;
  } else if (length <= 0xffff) {
    header[1] = 0x80 | 126;
    header.writeUInt16BE(length, 2);
  } else {
    header[1] = 0x80 | 127;
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([header, payload]);
}
