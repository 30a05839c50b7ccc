/** The words of receipts in each language, and how that language writes money, dates and seats. */
import type { PaymentMethod, Zone } from "../protocol/resources.ts";

export const RECEIPT_LANGUAGES = ["es", "en"] as const;
export type ReceiptLanguage = (typeof RECEIPT_LANGUAGES)[number];

export interface Words {
  /** The legal name of this kind of document. */
  document: string;
  taxId: string;
  order: string;
  auditorium: string;
  seat: string;
  zones: Record<Zone, string>;
  discount: string;
  total: string;
  net: string;
  vat: string;
  vatIncluded: string;
  issued: string;
  paid: string;
  methods: Record<PaymentMethod, string>;
  refunded: string;
  tickets: string;
  ticketHint: string;
  thanks: string;
  /** Spoken name of a seat. */
  place(row: string, number: string): string;
}

export const WORDS: Record<ReceiptLanguage, Words> = {
  es: {
    document: "Factura simplificada",
    taxId: "NIF",
    order: "Pedido",
    auditorium: "Sala",
    seat: "Butaca",
    zones: { standard: "", vip: "VIP" },
    discount: "Descuento",
    total: "Total",
    net: "Base imponible",
    vat: "IVA",
    vatIncluded: "IVA incluido en los precios",
    issued: "Fecha",
    paid: "Pago",
    methods: { card: "Tarjeta", cash: "Efectivo" },
    refunded: "Devuelto",
    tickets: "Entradas",
    ticketHint: "Enseñe este código en la puerta",
    thanks: "Gracias. Disfrute de la película.",
    place: (row, number) => `Fila ${row}, butaca ${number}`,
  },
  en: {
    document: "Simplified invoice",
    taxId: "Tax ID",
    order: "Order",
    auditorium: "Auditorium",
    seat: "Seat",
    zones: { standard: "", vip: "VIP" },
    discount: "Discount",
    total: "Total",
    net: "Net amount",
    vat: "VAT",
    vatIncluded: "Prices include VAT",
    issued: "Date",
    paid: "Paid by",
    methods: { card: "Card", cash: "Cash" },
    refunded: "Refunded",
    tickets: "Tickets",
    ticketHint: "Show this code at the door",
    thanks: "Thank you. Enjoy the film.",
    place: (row, number) => `Row ${row}, seat ${number}`,
  },
};

const LOCALES: Record<ReceiptLanguage, string> = { es: "es-ES", en: "en-GB" };

/** How a language writes values; dates and times are those of the cinema's time zone. */
export interface Formats {
  words: Words;
  money(amount: number): string;
  percent(rate: number): string;
  /** Weekday and date, written out. */
  day(at: string): string;
  time(at: string): string;
  /** Short date and time. */
  moment(at: string): string;
  /** `F7` as `Row F, seat 7`. */
  place(seatId: string): string;
  /** A ticket type, with the zone where that is not the usual one. */
  kind(ticketType: string, zone: Zone): string;
}

/** The formats of a language for one currency. Costs about a millisecond to make: keep it. */
export function formatsFor(language: ReceiptLanguage, timeZone: string, currency: string): Formats {
  const locale = LOCALES[language];
  const words = WORDS[language];
  const price = new Intl.NumberFormat(locale, { style: "currency", currency });
  // Minor units are decimals of the currency: 2 for euros, none for yen.
  const minorUnits = 10 ** (price.resolvedOptions().maximumFractionDigits ?? 2);
  const rate = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 });
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, timeZone });
    return (at: string) => format.format(new Date(at));
  };
  return {
    words,
    money: (amount) => price.format(amount / minorUnits),
    percent: (value) => rate.format(value / 100),
    day: dates({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    time: dates({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    moment: dates({ dateStyle: "short", timeStyle: "medium" }),
    place: (seatId) => {
      const [, row, number] = /^([A-Z]+)(\d+)$/.exec(seatId) ?? [];
      return row === undefined || number === undefined ? seatId : words.place(row, number);
    },
    kind: (ticketType, zone) => [ticketType, words.zones[zone]].filter((part) => part !== "").join(" · "),
  };
}

/** The language to write in: what was asked for by name, else the first that `Accept-Language` likes, else Spanish. */
export function pickLanguage(asked: ReceiptLanguage | undefined, acceptLanguage: string | undefined): ReceiptLanguage {
  if (asked !== undefined) return asked;
  const liked = weighted(acceptLanguage ?? "")
    .map(({ value }) => RECEIPT_LANGUAGES.find((language) => value === language || value.startsWith(`${language}-`)))
    .find((language) => language !== undefined);
  return liked ?? "es";
}

/** Whether `Accept` prefers PDF; HTML wins a tie, and where neither is named. */
export function prefersPdf(accept: string | undefined): boolean {
  const liked = weighted(accept ?? "");
  const weightOf = (type: string) => liked.find(({ value }) => value === type)?.weight ?? 0;
  return weightOf("application/pdf") > weightOf("text/html");
}

/** The entries of an `Accept` header, heaviest first, lower case; those of weight 0 are left out. */
function weighted(header: string): { value: string; weight: number }[] {
  return header
    .toLowerCase()
    .split(",")
    .map((part) => {
      const [value = "", ...parameters] = part.split(";").map((piece) => piece.trim());
      const quality = parameters.find((parameter) => parameter.startsWith("q="));
      return { value, weight: quality === undefined ? 1 : Number.parseFloat(quality.slice(2)) || 0 };
    })
    .filter(({ value, weight }) => value !== "" && weight > 0)
    .sort((a, b) => b.weight - a.weight);
}
