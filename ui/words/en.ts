import type { UiWords } from "./es.ts";
import { listed } from "./language.ts";

/** Words of the shared parts, in English. */
export const en: UiWords = {
  close: "Close",
  cancel: "Cancel",
  yes: "Yes",
  no: "No",
  retry: "Try again",
  loading: "One moment…",
  language: "Language",
  theme: "Contrast",
  themes: { dark: "Dark", light: "Light", contrast: "High contrast" },
  textSize: "Text size",
  textSizes: { normal: "Normal", large: "Large", huge: "Very large" },
  display: "Display and text",

  failureTitle: "Something broke on our side",
  failureText: "Nothing was charged because of it. We start again in a moment.",
  failureAction: "Start again",

  linkLost: (age) => `Connection lost. What you see is ${age} old. We keep trying.`,
  linkFirst: "Connecting to the cinema…",
  linkBack: "Connection is back. Everything is up to date.",
  ageSeconds: (count) => `${count} s`,
  ageMinutes: (count) => `${count} min`,

  seatMap: "Seat map",
  seatMapHelp:
    "Move with the arrow keys. Home and End go to the ends of the row, Page Up and Page Down jump rows. Space chooses.",
  seatList: "List of seats",
  showMap: "Map",
  showList: "List",
  screen: "Screen",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  zoomAll: "See the whole room",
  touchToZoom: "Touch the map to come closer",
  overview: "Overview of the room",
  rowWord: "Row",
  rowFree: (count) => `${count} free`,
  kinds: { standard: "standard", vip: "VIP", wheelchair: "wheelchair space", companion: "companion" },
  looks: {
    free: "available",
    mine: "yours",
    held: "being chosen by someone else",
    sold: "sold",
    blocked: "not available",
  },
  legend: {
    free: "Free",
    mine: "Yours",
    held: "Someone is choosing",
    sold: "Sold",
    blocked: "Blocked",
    vip: "VIP",
    wheelchair: "Wheelchair",
    companion: "Companion",
  },
  seatName: (row, number, kind, price, look) =>
    [`Row ${row}`, `seat ${number}`, kind, price, look].filter(Boolean).join(", "),

  someoneTook: (seat, free) => {
    if (free.length === 0) return `Someone took ${seat} a moment ago. Please choose another one.`;
    return `Someone took ${seat} a moment ago. ${listed("en", free)} ${free.length === 1 ? "is" : "are"} free.`;
  },
  timeLeft: "Seats kept for you",
  timeSpoken: (seconds) =>
    seconds >= 60
      ? `Your seats are kept for ${seconds === 60 ? "1 more minute" : `${seconds / 60} more minutes`}.`
      : `${seconds} seconds left for your seats.`,
};
