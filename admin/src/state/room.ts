import { type ReadonlySignal, signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Showtime } from "../../../server/protocol/resources.ts";
import type { Api } from "../../../ui/connection/api.ts";
import type { Link } from "../../../ui/connection/link.ts";
import { createLiveMap, type LiveMap } from "../../../ui/live/map.ts";

/** One showtime on the console: what it is, and its seats as they are now. */
export interface Room {
  showtime: ReadonlySignal<Showtime | null>;
  /** True when there is no such showtime. */
  gone: ReadonlySignal<boolean>;
  map: LiveMap;
  close(): void;
}

export function createRoom(api: Pick<Api, "get">, link: Link, showtimeId: string): Room {
  const showtime = signal<Showtime | null>(null);
  const gone = signal(false);
  const map = createLiveMap({ api, link, showtimeId });

  async function load(): Promise<void> {
    const answer = await api.get<Showtime>(`/showtimes/${showtimeId}`);
    if (answer.ok) showtime.value = answer.body;
    else if (answer.code === "not_found") gone.value = true;
  }
  const stop = link.whenLive(() => void load());
  return {
    showtime,
    gone,
    map,
    close() {
      stop();
      map.close();
    },
  };
}

/** The room of a screen, for as long as the screen stands. */
export function useRoom(api: Pick<Api, "get">, link: Link, showtimeId: string): Room | null {
  const [room, setRoom] = useState<Room | null>(null);
  useEffect(() => {
    const made = createRoom(api, link, showtimeId);
    setRoom(made);
    return () => made.close();
  }, [api, link, showtimeId]);
  return room;
}
