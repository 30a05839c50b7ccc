import type { Socket } from "socket.io";
import type { ServerEvents } from "../protocol/events.ts";

/** What the socket edge uses of an Engine.IO connection, among it a queue that its types do not show. */
export interface Wire {
  readonly remoteAddress: string;
  readonly readyState: string;
  /** What waits because the client has not read what was sent before. */
  readonly writeBuffer: readonly unknown[];
  write(text: string, options: object): unknown;
  on(event: "packet", listener: () => void): unknown;
  once(event: "drain", listener: () => void): unknown;
  close(): unknown;
  /** The websocket below. */
  readonly transport: { readonly socket?: Websocket };
}

export interface Websocket {
  /** Ends the connection without the closing handshake. */
  terminate(): void;
  once(event: "close", listener: () => void): unknown;
}

export function wireOf(socket: Socket): Wire {
  return socket.conn as unknown as Wire;
}

/** Ends a connection now. Closing it politely would wait for a client that may not be reading. */
export function cutWire(wire: Wire): void {
  if (wire.transport.socket === undefined) wire.close();
  else wire.transport.socket.terminate();
}

/** An event ready to be written to any number of sockets: encoded once, and framed once for websockets. */
export interface Frame {
  text: string;
  options: { wsPreEncodedFrame: [Buffer] };
}

/** Socket.IO's packet type for an event, as text. */
const EVENT_PACKET = "2";
/** Engine.IO's packet type for a message, as text. */
const MESSAGE_PACKET = "4";

/**
 * Encodes an event without acknowledgement for the default namespace. The frame is what Socket.IO's
 * own adapter hands to Engine.IO for a broadcast, made once per change instead of once per socket.
 */
export function encodeEvent<E extends keyof ServerEvents>(event: E, payload: Parameters<ServerEvents[E]>[0]): Frame {
  const text = EVENT_PACKET + JSON.stringify([event, payload]);
  return { text, options: { wsPreEncodedFrame: [textFrame(MESSAGE_PACKET + text)] } };
}

/** FIN and the opcode for text: a whole message in one frame. */
const WHOLE_TEXT = 0x81;
/** Up to here the length stands in the second byte. */
const SHORT_MAX = 125;
const LENGTH_IN_16_BITS = 126;
const LENGTH_IN_64_BITS = 127;

/** A websocket frame as servers send it: one piece, not masked, not compressed (RFC 6455, section 5.2). */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const header = length <= SHORT_MAX ? 2 : length <= 0xffff ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = WHOLE_TEXT;
  if (header === 2) {
    frame[1] = length;
  } else if (header === 4) {
    frame[1] = LENGTH_IN_16_BITS;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = LENGTH_IN_64_BITS;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, header, "utf8");
  return frame;
}
