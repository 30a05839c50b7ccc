/** Words of the settings of the house. */
const es = {
  title: "Ajustes del cine",
  parts: { house: "El cine", books: "Recibos e impuestos", sales: "Hasta cuándo se vende", refunds: "Devoluciones" },
  fields: {
    cinemaName: "Nombre del cine",
    address: "Dirección",
    legalName: "Razón social",
    taxId: "NIF",
    vatRate: "IVA (%)",
    web: "Web",
    kiosk: "Quioscos",
    "box-office": "Taquilla",
    guestCancelMinutes: "Quien compra puede devolver hasta (minutos antes)",
  },
  help: {
    cinemaName: "Se ve en la web, en los quioscos y en las entradas.",
    address: "Va en entradas y recibos.",
    legalName: "Quien vende, en los recibos. Los ya emitidos no cambian.",
    vatRate: "Incluido en los precios. Cuenta para las ventas de ahora en adelante.",
    salesEnd:
      "Cuándo deja de venderse cada película. Un cambio cuenta enseguida, también para las sesiones ya puestas a la venta.",
    guestCancelMinutes: "Después solo devuelve el cine. Con 0, hasta que empieza.",
  },
  side: "antes o después",
  before: "minutos antes de empezar",
  after: "minutos después de empezar",
  salesEnd: (minutes: number, clock: string) =>
    minutes === 0
      ? "Se vende hasta el comienzo: una película de las 20:00, hasta las 20:00."
      : minutes > 0
        ? `Una película de las 20:00 se vende hasta las ${clock}.`
        : `Se sigue vendiendo empezada: una película de las 20:00, hasta las ${clock}.`,
  faults: {
    missing: "El cine necesita un nombre.",
    percent: "Un número de 0 a 100.",
    minutes: "Minutos enteros, de 0 a 40320 (cuatro semanas).",
    salesEnd: "Minutos enteros, 1440 (un día) como mucho.",
  },
};

export type HouseWords = typeof es;

const en: HouseWords = {
  title: "Settings of the cinema",
  parts: { house: "The cinema", books: "Receipts and taxes", sales: "How long tickets sell", refunds: "Refunds" },
  fields: {
    cinemaName: "Name of the cinema",
    address: "Address",
    legalName: "Legal name",
    taxId: "Tax number",
    vatRate: "VAT (%)",
    web: "Web",
    kiosk: "Kiosks",
    "box-office": "Box office",
    guestCancelMinutes: "Buyers may give tickets back until (minutes before)",
  },
  help: {
    cinemaName: "Seen on the web, at kiosks and on tickets.",
    address: "Stands on tickets and receipts.",
    legalName: "The seller on receipts. Those already made don't change.",
    vatRate: "Part of the prices. Counts for sales from now on.",
    salesEnd: "When each film stops selling. A change counts at once, also for showtimes that are on sale already.",
    guestCancelMinutes: "Later only the cinema refunds. With 0, until the start.",
  },
  side: "before or after",
  before: "minutes before the start",
  after: "minutes after the start",
  salesEnd: (minutes, clock) =>
    minutes === 0
      ? "Sells until the start: a film at 20:00, until 20:00."
      : minutes > 0
        ? `A film at 20:00 sells until ${clock}.`
        : `Goes on after the start: a film at 20:00 sells until ${clock}.`,
  faults: {
    missing: "The cinema needs a name.",
    percent: "A number from 0 to 100.",
    minutes: "Whole minutes, from 0 to 40320 (four weeks).",
    salesEnd: "Whole minutes, 1440 (a day) at most.",
  },
};

export const houseWords = { es, en };
