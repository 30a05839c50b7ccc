/** The version of the socket protocol that client and server must share. */
export const PROTOCOL_VERSION = 1;

/** Biggest socket message in bytes: the largest legal payload is a hold of 200 seat ids, about 2 KB. */
export const SOCKET_PAYLOAD_BYTES = 16_384;

/** Most seats in one auditorium: states stay one small string and a whole map fits one packet. */
export const MAX_SEATS = 2_000;

/** Request ids remembered per session: one guest never has more in flight, and each costs about 400 bytes. */
export const REMEMBERED_REQUESTS = 64;

/** Longest request id, in characters. */
export const REQUEST_ID_MAX = 100;

/** Longest that `GET /orders/:id?wait=` holds its answer, in seconds: below common proxy time-outs. */
export const ORDER_WAIT_MAX_S = 20;
