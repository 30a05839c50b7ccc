/**
 * Stands in for the transports that the socket never uses (long polling, WebTransport), so that they are not
 * part of the first load. Wired in the build's configuration.
 */
export const XHR = undefined;
export const WT = undefined;
