import { useEffect, useState } from "preact/hooks";
import type { Auditorium, PriceList, TicketType } from "../../../server/protocol/resources.ts";
import { useResource } from "../parts/managed.ts";
import type { Beginning } from "./showtimeForm.ts";

/** What showtimes are made of; null while it is read. */
export interface House {
  auditoriums: readonly Auditorium[] | null;
  ticketTypes: readonly TicketType[];
  priceLists: readonly PriceList[];
}

export function useHouse(): House {
  const auditoriums = useResource<Auditorium>("/auditoriums");
  const ticketTypes = useResource<TicketType>("/ticket-types");
  const priceLists = useResource<PriceList>("/price-lists");
  const [house, setHouse] = useState<House>({ auditoriums: null, ticketTypes: [], priceLists: [] });
  useEffect(() => {
    void Promise.all([auditoriums.all(), ticketTypes.all(), priceLists.all()]).then(([rooms, types, lists]) =>
      setHouse({
        auditoriums: rooms.ok ? rooms.items : [],
        ticketTypes: types.ok ? types.items : [],
        priceLists: lists.ok ? lists.items : [],
      }),
    );
  }, [auditoriums, ticketTypes, priceLists]);
  return house;
}

/**
 * Where the next new showtime begins: the day view says so before it opens the form. The price list of the last one
 * is proposed again.
 */
export const beginning: { next: Partial<Beginning> } = { next: {} };
