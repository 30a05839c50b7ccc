/**
 * One Socket.IO connection from inside k6: raw websocket frames of Engine.IO 4, nothing between.
 *
 * Promises: `connect` ends within 5 s one way or the other; every question is answered or rejected within the time
 * given. Knows the wire alone.
 */
import { WebSocket } from "k6/websockets";
import type { AckError, ClientEvents, ServerEvents } from "../../server/protocol/events.ts";
import { PROTOCOL_VERSION } from "../../server/protocol/limits.ts";
import { baseUrl } from "./options.ts";

/** Payload and answer of an event, as declared in the protocol. */
export type Payload<E extends keyof ClientEvents> = Parameters<ClientEvents[E]>[0];
export type Answer<E extends keyof ClientEvents> = Parameters<Parameters<ClientEvents[E]>[1]>[0];
export type Listener<E extends keyof ServerEvents> = (payload: Parameters<ServerEvents[E]>[0]) => void;

/** The link ended, or never came about. `code`: why the server refused the handshake, when it said so. */
export class LinkLost extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`no link: ${code}`);
    this.code = code;
  }
}

export interface Connection {
  /** Rejects with `LinkLost` when the link ends or nothing comes back in time: the outcome is open then. */
  ask<E extends keyof ClientEvents>(event: E, payload: Payload<E>, withinMs: number): Promise<Answer<E>>;
  on<E extends keyof ServerEvents>(event: E, listener: Listener<E>): void;
  /** Comes true when the link has ended, whoever ended it. */
  readonly ended: Promise<void>;
  isOpen(): boolean;
  close(): void;
}

const HANDSHAKE_MS = 5_000;

/** Packets of Engine.IO and, behind its `4`, of Socket.IO. */
const PING = "2";
const PONG = "3";
const OPEN = "0";
const CONNECTED = "40";
const EVENT = "42";
const ACK = "43";
const REFUSED = "44";

/** Opens a connection and proves who it is. Rejects with `LinkLost`. */
export function connect(token: string): Promise<Connection> {
  const socket = new WebSocket(`${baseUrl().replace(/^http/, "ws")}/socket.io/?EIO=4&transport=websocket`);
  const waiting = new Map<number, (text: string) => void>();
  const listeners = new Map<string, ((payload: never) => void)[]>();
  let isOpen = false;
  let asked = 0;
  let over = (_code: string) => {};
  const ended = new Promise<void>((resolve) => {
    over = () => resolve();
  });

  function ask<E extends keyof ClientEvents>(event: E, payload: Payload<E>, withinMs: number): Promise<Answer<E>> {
    return new Promise((resolve, reject) => {
      if (!isOpen) return reject(new LinkLost("closed"));
      const id = asked++;
      const settle = (text: string) => {
        clearTimeout(timer);
        waiting.delete(id);
        if (text === "") reject(new LinkLost("cut"));
        else resolve((JSON.parse(text) as [Answer<E>])[0]);
      };
      const timer = setTimeout(() => settle(""), withinMs);
      waiting.set(id, settle);
      socket.send(`${EVENT}${id}${JSON.stringify([event, payload])}`);
    });
  }

  function hear(text: string): void {
    if (text.startsWith(ACK)) {
      const at = text.indexOf("[");
      waiting.get(Number(text.slice(ACK.length, at)))?.(text.slice(at));
    } else if (text.startsWith(EVENT)) {
      const [event, payload] = JSON.parse(text.slice(EVENT.length)) as [string, never];
      for (const listener of listeners.get(event) ?? []) listener(payload);
    }
  }

  return new Promise((resolve, reject) => {
    const end = (code: string) => {
      clearTimeout(timer);
      isOpen = false;
      for (const settle of [...waiting.values()]) settle("");
      over(code);
      reject(new LinkLost(code));
      socket.close();
    };
    const timer = setTimeout(() => end("timeout"), HANDSHAKE_MS);
    const connection: Connection = {
      ask,
      ended,
      isOpen: () => isOpen,
      on: (event, listener) => void listeners.set(event, [...(listeners.get(event) ?? []), listener]),
      close: () => end("closed"),
    };
    socket.onmessage = (message) => {
      const text = String(message?.data ?? "");
      if (text === PING) socket.send(PONG);
      else if (text.startsWith(OPEN))
        socket.send(`${CONNECTED}${JSON.stringify({ token, protocol: PROTOCOL_VERSION })}`);
      else if (text.startsWith(CONNECTED)) {
        clearTimeout(timer);
        isOpen = true;
        resolve(connection);
      } else if (text.startsWith(REFUSED)) end(refusalOf(text));
      else hear(text);
    };
    socket.onclose = () => end("closed");
    socket.onerror = () => end("failed");
  });
}

function refusalOf(text: string): string {
  const { data } = JSON.parse(text.slice(REFUSED.length)) as { data?: AckError };
  return data?.code ?? "refused";
}
